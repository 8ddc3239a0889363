"""What only azurerm does."""
