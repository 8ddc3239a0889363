"""Terraform providers that serve the real ones' schemas and make the same calls of their clouds' APIs.

One takes a real provider's place in a rehearsal where that one can't be had. `install` is the only door; the rest
runs in the plugin processes that Terraform starts. What all providers share is here; what only
one of them does is in its package, google or azurerm. How its types map to its API is data in facts/.
"""

from __future__ import annotations

from embedded_cloud.standin.install import install

__all__ = ["install"]
