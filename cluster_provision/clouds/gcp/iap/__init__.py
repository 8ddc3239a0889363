"""Identity-Aware Proxy's TCP forwarding: a connection to a port of a machine that has no address from outside."""
