locals {
  encrypted = false
  size 5
}

resource "aws_ebs_volume" "a" {
  availability_zone = "eu-west-1a"
  encrypted         = local.encrypted
}
