# Both fail: the default is what should change.
variable "https" {
  type    = bool
  default = false
}

resource "azurerm_storage_account" "a" {
  name                       = "a"
  https_traffic_only_enabled = var.https
}

resource "azurerm_storage_account" "b" {
  name                       = "b"
  https_traffic_only_enabled = var.https
}
