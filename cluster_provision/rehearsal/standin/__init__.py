"""A Terraform provider that serves the real google provider's schema and makes the same calls of Google's APIs.

It takes the real provider's place in a rehearsal where that one can't be had. `install` is its only door; the rest
runs in the plugin processes that Terraform starts.
"""

from __future__ import annotations

from .install import install

__all__ = ["install"]
