variable "x" {
  default = "d"
}
variable "obj" {
  type = object({ a = string, b = optional(bool, true) })
  default = { a = "q" }
}
variable "given" { type = string }
variable "sec" {
 default = "hunter"
 sensitive = true
}
resource "terraform_data" "a" {
  input = { x = var.x, g = var.given, s = var.sec, n = null }
}
resource "terraform_data" "b" {
  for_each = toset(["k", "l"])
  input = { id = terraform_data.a.id, c = "${terraform_data.a.id}/x", l = [1, terraform_data.a.id], k = each.key }
  triggers_replace = [var.obj.b]
}
module "m" {
  source = "./m"
  count = 2
  id = terraform_data.b["k"].id
}
resource "terraform_data" "c" {
  input = module.m[0].out
}
