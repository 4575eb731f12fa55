variable "protected" {
  type    = bool
  default = false
}

module "m" {
  source = "./m"
  p      = var.protected
}
