"""Rules across the fields of a run on Azure."""
