"""A check: a function of what the cluster is to be, and what it found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.gcp.catalogue import GcpCatalogue
    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Check
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateFacts

S = TypeVar("S")


@dataclass(frozen=True)
class Subject:
    """The cluster that is checked, in `zone`, whose label's value is `label`.

    `facts` tells what its state holds already; `makes_bucket`: the default state bucket isn't there yet.
    """

    settings: GcpSettings
    zone: str
    label: str
    catalogue: GcpCatalogue
    facts: StateFacts
    makes_bucket: bool = False

    @property
    def region(self) -> str:
        """The zone's region: us-central1 of us-central1-a."""
        return self.zone.rpartition("-")[0]


@dataclass(frozen=True)
class Finding:
    """The rows of a check, what keeps the cluster from being made, and lines for the user.

    `settings` where Google Cloud's own description corrects them.
    """

    checks: tuple[Check, ...] = ()
    failures: tuple[ProvisionError, ...] = ()
    notes: tuple[str, ...] = ()
    settings: GcpSettings | None = None


@dataclass(frozen=True)
class CheckOf(Generic[S]):
    """A check by its name, the one that SKIP_CHECKS knows where it is `skippable`; each cloud has its own subject."""

    name: str
    look: Callable[[S], Finding]
    skippable: bool = True
