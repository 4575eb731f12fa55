variable "encrypted" {
  type = bool
}

resource "aws_ebs_volume" "a" {
  availability_zone = "eu-west-1a"
  size              = 1
  encrypted         = var.encrypted # as told
}

resource "aws_s3_object" "note" {
  bucket        = "b"
  key           = "note"
  force_destroy = var.encrypted
}
