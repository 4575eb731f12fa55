variable "rules" {
  default = [
    {
      name = "web"
      port = "443"
    },
    {
      name = "ssh"
      port = "22"
    },
  ]
}

resource "azurerm_network_security_group" "a" {
  name                = "a"
  location            = "westeurope"
  resource_group_name = "a"

  dynamic "security_rule" {
    for_each = var.rules
    iterator = rule
    content {
      name                       = rule.value.name
      priority                   = 100 + rule.key
      direction                  = "Inbound"
      access                     = "Allow"
      protocol                   = "Tcp"
      source_port_range          = "*"
      destination_port_range     = rule.value.port
      source_address_prefix      = "*"
      destination_address_prefix = "*"
    }
  }
}
