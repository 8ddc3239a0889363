"""The machines of scale sets, as these want them, and what they find when they boot."""
