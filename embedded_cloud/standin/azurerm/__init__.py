"""What azurerm does in a way of its own."""
