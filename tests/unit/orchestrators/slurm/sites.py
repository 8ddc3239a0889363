"""What a stage is given: a cluster that exists, with a test's own store."""

from __future__ import annotations

from typing import Any

from cluster_provision.result import Result
from cluster_provision.stage import Site
from cluster_provision.state.base import StateFacts


class Shown:
    """A step's progress, of which what it was concluded with is kept."""

    detail = ""

    def update(self, *_: Any) -> None: ...

    def conclude(self, detail: str) -> None:
        self.detail = detail


def site(store: Any) -> Site:
    facts = StateFacts(exists=True, resources=1)
    return Site(store, facts, Result("create"), Shown(), lambda _: None, [])  # type: ignore[arg-type]
