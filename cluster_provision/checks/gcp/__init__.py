"""The checks of a cluster on Google Cloud, before anything is made."""
