"""The parameters of a run on Azure."""
