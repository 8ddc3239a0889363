"""The clouds of a rehearsal: Google's and Azure's APIs behind one local proxy, with machines of their own.

A program of its own: it imports nothing of cluster_provision. README.md describes how it is built.
"""

__version__ = "0.1.0"
