"""The machines of Compute Engine, as their groups want them, and what they find when they boot."""
