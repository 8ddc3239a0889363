"""Where Google's credentials come from: a file, a machine's metadata server, an access token."""
