# Both groups are made from one collection; the set in the second says no more than a port.
locals {
  ports = { web = "443", ssh = "22" }
}

resource "azurerm_network_security_group" "a" {
  name                = "a"
  location            = "westeurope"
  resource_group_name = "a"

  dynamic "security_rule" {
    for_each = local.ports
    content {
      name                       = security_rule.key
      priority                   = 100 + security_rule.value
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = security_rule.value
      source_address_prefix      = "*"
      destination_address_prefix = "*"
    }
  }
}

resource "azurerm_network_security_group" "b" {
  name                = "b"
  location            = "westeurope"
  resource_group_name = "a"

  dynamic "security_rule" {
    for_each = toset(["443", "22", "53"])
    content {
      name                       = "p${security_rule.value}"
      priority                   = 100 + security_rule.value
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = security_rule.value
      source_address_prefix      = "*"
      destination_address_prefix = "*"
    }
  }
}

resource "azurerm_network_security_group" "c" {
  name                = "c"
  location            = "westeurope"
  resource_group_name = "a"

  dynamic "security_rule" {
    for_each = range(2)
    content {
      name                       = "p${security_rule.value}"
      priority                   = 100 + security_rule.value
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = 21 + security_rule.value
      source_address_prefix      = "*"
      destination_address_prefix = "*"
    }
  }
}
