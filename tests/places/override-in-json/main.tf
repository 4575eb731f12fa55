resource "azurerm_storage_account" "a" {
  name                              = "a"
  infrastructure_encryption_enabled = true
}
