"""The machines of the embedded cloud: played ones, and containers."""
