"""The settings of a run on Azure, and facts about its machine sizes and images."""
