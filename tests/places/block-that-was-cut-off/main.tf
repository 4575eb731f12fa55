resource "aws_ebs_volume" "cut" {
  availability_zone = "eu-west-1a"
  timeouts {
    create = "1m"

resource "aws_ebs_volume" "whole" {
  availability_zone = "eu-west-1a"
  encrypted         = false
}

resource "aws_ebs_volume" "lost" {
  availability_zone = "eu-west-1a"
  encrypted true
}

resource "aws_ebs_volume" "written" {
  availability_zone = "eu-west-1a"
  encrypted         = false
  size 5
}
