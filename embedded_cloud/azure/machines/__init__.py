"""The machines of scale sets, and what they find when they boot."""
