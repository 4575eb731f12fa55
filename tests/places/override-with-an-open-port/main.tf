resource "azurerm_network_security_group" "a" {
  name                = "a"
  location            = "westeurope"
  resource_group_name = "a"

  security_rule {
    name                       = "old"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
