"""How each cloud's Terraform provider and backend word their failures."""
