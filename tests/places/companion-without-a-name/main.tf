resource "aws_s3_bucket" "a" {
  bucket = "a"
}

resource "aws_s3_bucket_public_access_block" {
  bucket = aws_s3_bucket.a.id
}
