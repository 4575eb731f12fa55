resource "aws_ebs_volume" "a" {
  availability_zone = "eu-west-1a"
  encrypted         = false
  size              = 1
  final_snapshot    = false
}
