"""Operations that take time: clients ask for their state until they are over. Not kept over a restart.

https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations (read 2026-11-22)
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.failure import ArmError
from embedded_cloud.exchange import Answer
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 5000
HOST = "https://management.azure.com"
# The provider's own switch against its wait of 10 s before it first asks: go-azure-sdk, sdk/client/client.go.
AT_ONCE = ("X-Go-Azure-Sdk-Skip-Polling-Delay", "true")
PATIENCE_SECONDS = 1


@dataclass
class Operation:
    """`look` tells whether it is over: None while it isn't, then its error, or {} where it went well; `value` is what
    it was for, where that is an answer."""

    name: str
    started: str
    look: Callable[[], dict[str, Any] | None]
    value: dict[str, Any] = field(default_factory=dict)
    ended: dict[str, Any] | None = field(default=None)

    def outcome(self) -> dict[str, Any] | None:
        if self.ended is None:
            self.ended = self.look()
        return self.ended


class Operations:
    """The last operations, by name."""

    def __init__(self) -> None:
        self._all: OrderedDict[str, Operation] = OrderedDict()

    def begin(
        self,
        look: Callable[[], dict[str, Any] | None] = dict,
        value: dict[str, Any] | None = None,
    ) -> Operation:
        """A new operation, which is over at once without a `look`."""
        made = Operation(str(uuid.uuid4()), zulu(), look, value or {})
        self._all[made.name] = made
        while len(self._all) > KEPT:
            self._all.popitem(last=False)
        return made

    def status(self, name: str) -> Answer:
        """The answer at the address of `Azure-AsyncOperation`. Raises ArmError."""
        found = self._found(name)
        outcome = found.outcome()
        body: dict[str, Any] = {"name": found.name, "startTime": found.started, "status": "InProgress"}
        if outcome is None:
            return Answer.json(body, 200, ("Retry-After", str(PATIENCE_SECONDS)), AT_ONCE)
        if outcome:
            return Answer.json({**body, "status": "Failed", "error": outcome}, 200, AT_ONCE)
        return Answer.json({**body, "status": "Succeeded"}, 200, AT_ONCE)

    def result(self, name: str) -> Answer:
        """The answer at the address of `Location`: 202 while the operation runs. Raises ArmError."""
        found = self._found(name)
        outcome = found.outcome()
        if outcome is None:
            return Answer(202, b"", (("Retry-After", str(PATIENCE_SECONDS)), ("Location", "")))
        if outcome:
            return Answer.json({"error": outcome}, 409)
        return Answer.json(found.value, 200, AT_ONCE)

    def _found(self, name: str) -> Operation:
        found = self._all.get(name)
        if found is None:
            raise ArmError(404, "NotFound", f"The entity was not found: operation {name}.")
        return found


def headers(operation: Operation, subscription: str, namespace: str, version: str) -> tuple[tuple[str, str], ...]:
    """The headers of an answer whose operation goes on."""
    place = f"{HOST}/subscriptions/{subscription}/providers/{namespace}/locations/embedded"
    return (
        ("Azure-AsyncOperation", f"{place}/operations/{operation.name}?api-version={version}"),
        ("Location", f"{place}/operationResults/{operation.name}?api-version={version}"),
        ("Retry-After", str(PATIENCE_SECONDS)),
        AT_ONCE,
    )
