"""Azure behind the door: its login, Resource Manager, Microsoft Graph and Blob storage."""
