resource "aws_s3_bucket" "half" {
  count = bucket " h=alf"
}
