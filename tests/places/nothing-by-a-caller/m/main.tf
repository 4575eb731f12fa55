variable "p" {}
resource "azurerm_key_vault" "a" {
  name                     = "a"
  purge_protection_enabled = var.p
}
