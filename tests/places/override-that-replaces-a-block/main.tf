resource "azurerm_storage_account" "a" {
  name                              = "a"
  infrastructure_encryption_enabled = true
  https_traffic_only_enabled        = true

  network_rules {
    default_action = "Deny"
  }
}
