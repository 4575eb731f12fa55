variable "encrypted" {
  type    = bool
  default = false
}

resource "aws_ebs_volume" "a" {
  availability_zone = "eu-west-1a"
  size              = 1
  encrypted         = var.encrypted
}

resource "aws_s3_object" "note" {
  bucket        = "b"
  key           = "note"
  force_destroy = var.encrypted
}
