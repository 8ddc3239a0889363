"""The images that Azure's nodes boot from."""

from __future__ import annotations

from embedded_cloud.engine.names import node_image

NODE_IMAGE = node_image("azure")
RAY_IMAGE = node_image("azure-ray")
SLURM_IMAGE = node_image("slurm")
SLURM_INSTALLED_IMAGE = node_image("slurm-installed")
"""With Slurm's packages: what an image of the user's own boots as."""
