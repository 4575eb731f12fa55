# The second call uses the default for a note as well.
module "a" {
  source = "./disk"
}

module "b" {
  source = "./disk"
}
