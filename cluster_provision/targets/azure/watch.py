"""Looking at a scale set while Terraform makes it: the provider waits for its machines, and says nothing meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import ProvisionError
from cluster_provision.readiness.group_problems import GroupProblems

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.base import GroupError
    from cluster_provision.targets.nodes import NodesTarget


class AzureWatch:
    """One run's looks. They remember which problems were printed, and since when each lasts."""

    def __init__(self, target: NodesTarget, say: Callable[[str], None]) -> None:
        self._target = target
        self._errors: list[GroupError] = []
        limit = target.settings.capacity_wait * 60
        self._problems = GroupProblems(lambda: self._errors, target.kind_of, limit, say)

    def glance(self, elapsed: float) -> None:
        """A look while Terraform applies: what can't be seen then, later looks will.

        Raises what has kept the scale set from filling for too long, and nothing else: Terraform is stopped for it.
        """
        try:
            machines = self._target.machines()
            self._errors = self._target.group_errors()
        except (NotFound, ProvisionError):
            return
        if machines or self._errors:
            self._problems.look(machines, self._target.expected_nodes, elapsed)

    def explain(self, failure: ProvisionError) -> ProvisionError:
        """Azure's own words are in Terraform's."""
        return failure
