"""Machines of which each is a folder: programs that are sent there run in a process of their own, without any other."""
