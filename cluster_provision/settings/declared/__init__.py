"""Every parameter, declared once, one file a group."""
