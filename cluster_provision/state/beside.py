"""The clusters whose deployments are in one folder of a bucket or container."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.state.base import StateStore


@runtime_checkable
class Neighbour(Protocol):
    """A store in a folder of a bucket or container, beside others."""

    @property
    def place(self) -> str:
        """The address of the folder that the deployments are in."""

    def exists(self) -> bool:
        """Whether the bucket or container exists."""

    def clusters(self) -> Sequence[StateStore]:
        """The stores of all clusters whose deployments are in that folder, this one too, by their names."""


class Placed(Protocol):
    """A store that goes by the name of its deployment."""

    deployment: str


S = TypeVar("S", bound=Placed)
ENDING = "-deployment"


def folder_of(deployment: str) -> str:
    """The folder that a deployment is in, with its slash; empty for the top."""
    folder = deployment.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def beside(store: S, folders: Iterable[str]) -> list[S]:
    """The same store for each of the folders that is a cluster's, by their names."""
    return [_sibling(store, each) for each in sorted(each.rstrip("/") for each in folders) if each.endswith(ENDING)]


def name_of(store: StateStore) -> str:
    """The cluster's name."""
    return store.deployment.rpartition("/")[2].removesuffix(ENDING)


def _sibling(store: S, deployment: str) -> S:
    other = copy(store)
    other.deployment = deployment
    return other
