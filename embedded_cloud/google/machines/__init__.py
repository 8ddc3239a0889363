"""The machines of Compute Engine's groups, and what they find when they boot."""
