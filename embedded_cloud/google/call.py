"""One call of a Google API, once its route is found and its request is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from embedded_cloud.google.failure import invalid

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.google.conditions import GoogleConditions
    from embedded_cloud.google.discovery import Api, Method
    from embedded_cloud.google.operations import Operations
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Body, Store


class Groups(Protocol):
    """Keeps instance groups filled (machines/reconcile.py); the APIs report every change to it."""

    def changed(self) -> None:
        """Call it when a group was made or deleted, or has another size or template."""

    def add_named(self, group: str, names: list[str]) -> None:
        """Make instances of these names in the group with this full name, whose size says so already."""

    def leave(self, collection: str, names: list[str]) -> None:
        """Mark these instances as going, so that nobody counts on them; `remove_now` ends their machines."""

    def boot_single(self, collection: str, name: str) -> tuple[str, str] | None:
        """Boot an instance of no group; code and message where that failed. Called without the store's lock."""

    def stop_single(self, collection: str, name: str) -> None:
        """Stop the machine of an instance of no group. Called without the store's lock."""

    def drop_disk(self, volume: str) -> None:
        """Delete what is on a disk. Called without the store's lock."""

    def remove_now(self, collection: str, names: list[str]) -> None:
        """End these instances' machines and return once they are gone. Called without the store's lock."""

    def instances_of(self, group: str) -> dict[str, Body]:
        """The instances of the group with this full name, by name."""

    def current_action(self, instance: str) -> tuple[str, list[dict[str, str]]]:
        """The group's current action on this instance (NONE, CREATING, …), and the errors of its last attempt."""

    def recreate(self, collection: str, names: list[str]) -> None:
        """Mark these instances as to be replaced."""


@dataclass(frozen=True)
class Context:
    """What the APIs share."""

    store: Store
    operations: Operations
    groups: Groups
    conditions: GoogleConditions
    scenario: Scenario


@dataclass(frozen=True)
class Call:
    """`segments` are those of the path after the API's prefix; a custom verb is still on the last one."""

    context: Context
    api: Api
    method: Method
    request: Request
    segments: tuple[str, ...]
    body: Body

    @property
    def store(self) -> Store:
        return self.context.store

    @property
    def resource(self) -> tuple[str, ...]:
        """The segments that name the resource: up to the last parameter of the route."""
        flags = [is_parameter for _, is_parameter in self.method.path]
        count = max((i for i, flag in enumerate(flags) if flag), default=-1) + 1
        custom = any(text.startswith(":") for text, _ in self.method.path[count : count + 1])
        segments = list(self.segments[:count])
        if custom:
            segments[-1] = segments[-1].rpartition(":")[0]
        return tuple(segments)

    def one(self, name: str, default: str = "") -> str:
        return self.request.one(name, default)

    def number(self, name: str) -> int:
        try:
            return int(self.one(name))
        except ValueError:
            raise invalid(f"Invalid value for field '{name}': '{self.one(name)}'.") from None


Result = dict[str, Any]
"""What a handler gives back: the answer's JSON. One that must do slow work first gives a `Slow`."""


@dataclass(frozen=True)
class Slow:
    """A result whose answer waits for `settle`, which runs without the store's lock."""

    result: Result
    settle: Any
