"""The settings of a run on Google Cloud, and facts about its machine types and images."""
