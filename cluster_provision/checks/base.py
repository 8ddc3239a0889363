"""A check: a function that takes the cluster to be made, and returns a `Finding`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.errors import ProvisionError
    from cluster_provision.price import Price
    from cluster_provision.result import Check
    from cluster_provision.settings import Settings

S = TypeVar("S")


@dataclass(frozen=True)
class Finding:
    """The rows of checks, the failures that keep the cluster from being made, and notes for the user.

    `price` is what the whole cluster costs, None where that isn't known. `settings` is set where the cloud's own
    description corrects them. Findings can be added, in their order.
    """

    checks: tuple[Check, ...] = ()
    failures: tuple[ProvisionError, ...] = ()
    notes: tuple[str, ...] = ()
    settings: Settings | None = None
    price: Price | None = None

    def __add__(self, other: Finding) -> Finding:
        return Finding(
            (*self.checks, *other.checks),
            (*self.failures, *other.failures),
            tuple(dict.fromkeys((*self.notes, *other.notes))),
            other.settings or self.settings,
            other.price or self.price,
        )


@dataclass(frozen=True)
class CheckOf(Generic[S]):
    """A check and its name, which SKIP_CHECKS may list if it is `skippable`. Each cloud has its own subject."""

    name: str
    look: Callable[[S], Finding]
    skippable: bool = True
