"""How machines on Azure are reached: ports, rules and public addresses."""
