"""State in Azure Blob Storage."""
