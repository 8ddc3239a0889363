terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "5.2.0"
    }
  }
}
variable "size" {
  type    = number
  default = 2
}
variable "public_key" { type = string }
provider "azurerm" {
  features {
    # A scale set whose machines can't be had stays in Azure: with this it stays in the state too.
    persist_id_on_create_before_polling_for_completion = true
  }
  resource_provider_registrations = "core"
}
resource "azurerm_resource_group" "rg" {
  name     = "rg-a"
  location = "westeurope"
  tags     = { "aiinfra-cluster" = "abc" }
}
resource "azurerm_virtual_network" "v" {
  name                = "vnet-a"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  address_space       = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "s" {
  name                            = "sub-a"
  resource_group_name             = azurerm_resource_group.rg.name
  virtual_network_name            = azurerm_virtual_network.v.name
  address_prefixes                = ["10.0.1.0/24"]
  default_outbound_access_enabled = false
}
resource "azurerm_network_security_group" "n" {
  name                = "nsg-a"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  security_rule {
    name                       = "ssh"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefixes    = ["203.0.113.0/24"]
    destination_address_prefix = "*"
  }
}
resource "azurerm_network_security_rule" "other" {
  name                        = "other"
  resource_group_name         = azurerm_resource_group.rg.name
  network_security_group_name = azurerm_network_security_group.n2.name
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_ranges     = ["22", "8080"]
  source_address_prefix       = "203.0.113.0/24"
  destination_address_prefix  = "*"
}
resource "azurerm_network_security_group" "n2" {
  name                = "nsg-b"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
}
resource "azurerm_subnet_network_security_group_association" "a" {
  subnet_id                 = azurerm_subnet.s.id
  network_security_group_id = azurerm_network_security_group.n.id
}
resource "azurerm_public_ip" "lb" {
  name                = "ip-lb"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  allocation_method   = "Static"
  sku                 = "Standard"
  domain_name_label   = "head-abc"
}
resource "azurerm_public_ip" "nat" {
  name                = "ip-nat"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  allocation_method   = "Static"
  sku                 = "Standard"
}
resource "azurerm_nat_gateway" "g" {
  name                = "nat-a"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  sku_name            = "Standard"
}
resource "azurerm_nat_gateway_public_ip_association" "g" {
  nat_gateway_id       = azurerm_nat_gateway.g.id
  public_ip_address_id = azurerm_public_ip.nat.id
}
resource "azurerm_subnet_nat_gateway_association" "g" {
  subnet_id      = azurerm_subnet.s.id
  nat_gateway_id = azurerm_nat_gateway.g.id
}
resource "azurerm_lb" "lb" {
  name                = "lb-a"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
  sku                 = "Standard"
  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.lb.id
  }
}
resource "azurerm_lb_backend_address_pool" "p" {
  loadbalancer_id = azurerm_lb.lb.id
  name            = "pool"
}
resource "azurerm_lb_nat_rule" "ssh" {
  resource_group_name            = azurerm_resource_group.rg.name
  loadbalancer_id                = azurerm_lb.lb.id
  name                           = "ssh"
  protocol                       = "Tcp"
  frontend_port_start            = 50000
  frontend_port_end              = 50100
  backend_port                   = 22
  backend_address_pool_id        = azurerm_lb_backend_address_pool.p.id
  frontend_ip_configuration_name = "public"
}
resource "azurerm_user_assigned_identity" "i" {
  name                = "id-a"
  location            = azurerm_resource_group.rg.location
  resource_group_name = azurerm_resource_group.rg.name
}
resource "azurerm_role_assignment" "r" {
  scope                = azurerm_resource_group.rg.id
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.i.principal_id
}
resource "azurerm_linux_virtual_machine_scale_set" "u" {
  name                 = "ss-u"
  resource_group_name  = azurerm_resource_group.rg.name
  location             = azurerm_resource_group.rg.location
  sku                  = "Standard_ND96isr_H100_v5"
  instances            = var.size
  admin_username       = "azureuser"
  computer_name_prefix = "vm-"
  overprovision        = false
  custom_data          = base64encode("#cloud-config\n")
  admin_ssh_key {
    username   = "azureuser"
    public_key = var.public_key
  }
  source_image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }
  os_disk {
    storage_account_type = "Premium_LRS"
    caching              = "ReadWrite"
    disk_size_gb         = 256
  }
  identity {
    type         = "UserAssigned"
    identity_ids = [azurerm_user_assigned_identity.i.id]
  }
  network_interface {
    name                           = "nic"
    primary                        = true
    accelerated_networking_enabled = true
    ip_configuration {
      name                                   = "ip"
      primary                                = true
      subnet_id                              = azurerm_subnet.s.id
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.p.id]
    }
  }
  depends_on = [azurerm_lb_nat_rule.ssh]
}
resource "azurerm_orchestrated_virtual_machine_scale_set" "f" {
  name                        = "ss-f"
  resource_group_name         = azurerm_resource_group.rg.name
  location                    = azurerm_resource_group.rg.location
  platform_fault_domain_count = 1
  sku_name                    = "Standard_NC24ads_A100_v4"
  instances                   = var.size
  single_placement_group      = false
  zones                       = ["1"]
  os_profile {
    custom_data = base64encode("#cloud-config\n")
    linux_configuration {
      admin_username                  = "azureuser"
      computer_name_prefix            = "fx-"
      disable_password_authentication = true
      admin_ssh_key {
        username   = "azureuser"
        public_key = var.public_key
      }
    }
  }
  source_image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }
  os_disk {
    storage_account_type = "Premium_LRS"
    caching              = "ReadWrite"
    disk_size_gb         = 256
  }
  network_interface {
    name                           = "nic"
    primary                        = true
    accelerated_networking_enabled = true
    ip_configuration {
      name                                   = "ip"
      primary                                = true
      subnet_id                              = azurerm_subnet.s.id
      load_balancer_backend_address_pool_ids = [azurerm_lb_backend_address_pool.p.id]
    }
  }
}
data "azurerm_virtual_machine_scale_set" "u" {
  name                = azurerm_linux_virtual_machine_scale_set.u.name
  resource_group_name = azurerm_resource_group.rg.name
}
output "uniform" { value = data.azurerm_virtual_machine_scale_set.u.instances }
data "azurerm_virtual_machine_scale_set" "f" {
  name                = azurerm_orchestrated_virtual_machine_scale_set.f.name
  resource_group_name = azurerm_resource_group.rg.name
}
output "flexible" { value = data.azurerm_virtual_machine_scale_set.f.instances }
