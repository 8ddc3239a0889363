"""The images that Google's nodes boot from. Every other node's image is built upon the first."""

from __future__ import annotations

from embedded_cloud.engine.names import node_image

NODE_IMAGE = node_image()
RAY_IMAGE = node_image("ray")
SLURM_IMAGE = node_image("slurm")
SLURM_INSTALLED_IMAGE = node_image("slurm-installed")
"""With Slurm's packages: what an image of the user's own boots as."""
