"""The checks of a cluster on Azure, before anything is made."""
