"""The clouds that have targets, and the machines that exist already."""

from __future__ import annotations

from cluster_provision.settings.readers.choices import Choice

CLOUDS: Choice[str] = Choice(("gcp", "azure", "existing"))
