"""The clouds that have targets."""

from __future__ import annotations

from cluster_provision.settings.readers.choices import Choice

CLOUDS: Choice[str] = Choice(("gcp", "azure"), later={"existing": "use CLOUD=gcp or azure, or leave it out"})
