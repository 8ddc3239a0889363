"""Azure's part of `conditions.json` (../conditions.py).

    {"role": ["Microsoft.Compute/skus/read"]}

`role` are all the actions that the caller has, less those of `denied`. A machine under `machines` may also have no
sshd (`ssh`).
"""

from __future__ import annotations

from embedded_cloud.conditions import Conditions, Keys

KEYS = Keys(lists=frozenset({"role"}), tables=frozenset())


class AzureConditions(Conditions):
    """The conditions of Azure's subscriptions."""

    @property
    def role(self) -> frozenset[str] | None:
        """The actions that the caller has, None for all."""
        found = self.file.read().get("role")
        return None if found is None else frozenset(found)
