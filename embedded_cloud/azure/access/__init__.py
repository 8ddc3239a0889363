"""Who may do what on Azure: roles, their conditions, and the actions that they allow."""
