# One call is wrong: the module stays as it is.
module "open" {
  source    = "./disk"
  encrypted = false
}

module "closed" {
  source    = "./disk"
  encrypted = true
}
