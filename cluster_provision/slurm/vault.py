"""The secrets of a Slurm cluster that lie in a vault of Azure's, by the names that they have there."""

from __future__ import annotations

VERSION = "2026-02-01"
"""The API version of Microsoft.KeyVault that azurerm 5.2.0 uses."""

MUNGE_KEY = "munge-key"
DATABASE_PASSWORD = "database-password"  # noqa: S105 a name
