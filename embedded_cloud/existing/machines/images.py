"""The images that machines that exist already boot from."""

from __future__ import annotations

from embedded_cloud.engine.names import node_image

NODE_IMAGE = node_image("existing")
# By Debian's release, as a condition names it.
NODE_IMAGES = {"12": NODE_IMAGE, "13": node_image("existing-13")}
