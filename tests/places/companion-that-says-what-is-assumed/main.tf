resource "azurerm_storage_account" "a" {
  name                            = "a"
  resource_group_name             = "a"
  location                        = "westeurope"
  account_tier                    = "Standard"
  account_replication_type        = "LRS"
  allow_nested_items_to_be_public = false
}

# Without it the account would be open as well, but this is where that is said.
resource "azurerm_storage_account_network_rules" "a" {
  storage_account_id = azurerm_storage_account.a.id
  default_action     = "Allow"
}
