resource "azurerm_storage_account" "a" {
  https_traffic_only_enabled = false # here

  network_rules {
    default_action = "Allow"
    bypass         = ["None"]
  }
}
