"""What the installation carries to read: the pages of docs/, and the env files of examples/."""
