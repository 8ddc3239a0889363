"""No orchestrator: the machines are left to the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cluster_provision.orchestrators.base import Machines
    from cluster_provision.result import ConnectionPart
    from cluster_provision.stage import Site, Stage


class NoOrchestrator:
    """ORCHESTRATOR_TYPE=none."""

    name = "none"
    has_head = False

    def before_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """None."""
        return ()

    def after_nodes(self, machines: Machines) -> tuple[Stage, ...]:
        """None."""
        return ()

    def node_config(self) -> dict[str, Any]:
        """The nodes run no Ray."""
        return {"ray": None}

    def connection(self, machines: Machines, site: Site) -> tuple[ConnectionPart, ...]:
        """None."""
        return ()
