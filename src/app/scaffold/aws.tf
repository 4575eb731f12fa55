resource "aws_ebs_volume" "bad" {
  availability_zone = "eu-west-1a"
  size              = 8
  encrypted         = false # expect
}

resource "aws_ebs_volume" "good" {
  availability_zone = "eu-west-1a"
  size              = 8
  encrypted         = true
}
