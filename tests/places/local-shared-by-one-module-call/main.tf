# The argument of the call is the nearest place that leaves the note alone.
locals {
  encrypted = false
}

module "disk" {
  source    = "./disk"
  encrypted = local.encrypted
}

resource "aws_s3_object" "note" {
  bucket        = "b"
  key           = "note"
  force_destroy = local.encrypted
}
