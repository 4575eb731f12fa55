terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "~> 4.0"
    }
  }
}

variable "https" {
  type    = bool
  default = true
}

resource "terraform_data" "later" {
  input = true
}

resource "azurerm_storage_account" "open" {
  name                       = "open"
  resource_group_name        = "rg"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "LRS"
  https_traffic_only_enabled = var.https
}

resource "azurerm_storage_account" "later" {
  name                       = "later"
  resource_group_name        = "rg"
  location                   = "westeurope"
  account_tier               = "Standard"
  account_replication_type   = "LRS"
  https_traffic_only_enabled = terraform_data.later.output
}

module "data" {
  source   = "./data"
  for_each = { a = true, b = false }
  https    = each.value
  name     = each.key
}

resource "azurerm_key_vault" "silent" {
  name                = "silent"
  resource_group_name = "rg"
  location            = "westeurope"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
}

resource "azurerm_key_vault" "logged" {
  name                = "logged"
  resource_group_name = "rg"
  location            = "westeurope"
  tenant_id           = "00000000-0000-0000-0000-000000000000"
  sku_name            = "standard"
}

resource "azurerm_monitor_diagnostic_setting" "logged" {
  name               = "audit"
  target_resource_id = azurerm_key_vault.logged.id
  storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/logs"

  enabled_log {
    category_group = "audit"
  }
}
