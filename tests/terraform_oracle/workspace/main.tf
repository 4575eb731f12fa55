# What the recorded expressions refer to. Variables without a value are what the console does not know.

terraform {
  required_version = ">= 1.11"
}

variable "any" {}

variable "string" {
  type = string
}

variable "number" {
  type = number
}

variable "bool" {
  type = bool
}

variable "certain" {
  type     = string
  nullable = false
}

variable "strings" {
  type = list(string)
}

variable "set" {
  type = set(string)
}

variable "map" {
  type = map(string)
}

variable "object" {
  type = object({
    name = string
    size = number
  })
}

variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}

variable "given" {
  type = object({
    name  = string
    ports = optional(list(number), [80])
    tags  = optional(map(string))
  })
  default = {
    name = "web"
  }
}

locals {
  greeting = "Hello, $${name}!"
  listing  = "%%{ for item in items ~}$${item};%%{ endfor ~}"
  reads    = "$${file(\"files/hello.txt\")}"
  list     = tolist(["a", "b", "c"])
  numbers  = tolist([1, 2, 3])
  set      = toset(["c", "a", "b", "a"])
  map      = tomap({ a = "1", b = "2" })
  object   = { a = 1, b = "two", c = [true] }
  tuple    = ["x", 1, true]
  empty    = tolist([])
  lines    = <<-EOT
    first
      second
    third
  EOT
}
