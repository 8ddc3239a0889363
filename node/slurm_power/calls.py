"""The calls of one look: where the cloud is busy or doesn't answer, it is left alone for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from node.slurm_cloud.http import CallFailed
from node.slurm_power.cloud import NotNow
from node.slurm_power.kept import Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.slurm.cloud import NodeGroup
    from node.slurm_power.cloud import Cloud, Instance
    from node.slurm_power.kept import Kept

T = TypeVar("T")
# Seconds for which the cloud is left alone, where it doesn't say for how long itself; and the longest that it may say.
FIRST_QUIET, LONGEST_QUIET, LONGEST_TOLD = 15.0, 120.0, 1800.0


class Calls:
    """After the first call that a busy cloud refuses, no other is sent in this look, nor in the next ones before it is
    time. What was refused is decided again then, from what there is."""

    def __init__(self, cloud: Cloud, kept: Kept, now: float) -> None:
        self._cloud, self._kept, self._now = cloud, kept, now
        self._was_refused = False

    @property
    def is_quiet(self) -> bool:
        return self._kept.quiet is not None and self._kept.quiet.until > self._now

    def why(self) -> str:
        """What keeps the cloud from being asked, in words."""
        quiet = self._kept.quiet
        return f"the cloud is asked again in {quiet.until - self._now:.0f} s: {quiet.why}" if quiet else ""

    def look(self, groups: Sequence[NodeGroup]) -> list[Instance]:
        return self._send(lambda: self._cloud.look(groups, self._kept))

    def create(self, group: NodeGroup, nodes: Sequence[str]) -> None:
        self._send(lambda: self._cloud.create(group, nodes, self._kept))

    def delete(self, group: NodeGroup, instances: Sequence[Instance]) -> None:
        self._send(lambda: self._cloud.delete(group, instances, self._kept))

    def end(self) -> None:
        """A look in which all calls were answered: the next refusal begins anew."""
        if not self.is_quiet and not self._was_refused:
            self._kept.quiet = None

    def _send(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except NotNow:
            raise
        except CallFailed as failure:
            if failure.is_busy:
                self._leave_alone(failure)
            raise

    def _leave_alone(self, failure: CallFailed) -> None:
        before, self._was_refused = self._kept.quiet, True
        growing = min(before.seconds * 2, LONGEST_QUIET) if before else FIRST_QUIET
        seconds = max(growing, min(failure.retry_after, LONGEST_TOLD))
        self._kept.quiet = Quiet(self._now + seconds, growing, str(failure))
