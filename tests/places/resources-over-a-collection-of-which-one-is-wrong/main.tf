locals {
  rules = {
    web = 443
    ssh = 22
  }
}

resource "azurerm_network_security_rule" "a" {
  for_each                    = local.rules
  name                        = each.key
  priority                    = 100 + each.value
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = each.value
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "a"
  network_security_group_name = "a"
}
