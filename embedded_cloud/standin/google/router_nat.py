"""A router's NATs: elements of a list in the router. Source: google/services/compute/resource_compute_router_nat.go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.api import OperationFailed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import body_of
from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

# One list holds all of a router's: they are read, changed and written one at a time.
_lock = threading.Lock()


class RouterNat(Lifecycle):
    """Every change is a PATCH of the router with the whole list."""

    def create(self, planned: Values) -> Values:
        names = self._names(planned)
        with _lock:
            nats = self._nats(names, "create")
            if any(nat.get("name") == names["name"] for nat in nats):
                raise Failed("Unable to create RouterNat, existing object already found", None)
            self._patch([*nats, body_of(self.row, self.block, names, names)], names, "create", None)
        return self._reread({**self.known(planned), "id": filled(self.row.id, names)})

    def update(self, prior: Values, planned: Values) -> Values:
        names = self._names(planned)
        with _lock:
            nats = self._nats(names, "update")
            old = next((nat for nat in nats if nat.get("name") == names["name"]), None)
            if old is None:
                raise Failed(f'Unable to update RouterNat "{prior["id"]}" - not found in list', prior)
            settable = {self.row.fields.get(name, name) for name in self.block.names()}
            kept = {field: value for field, value in old.items() if field not in settable}
            new = {**kept, **body_of(self.row, self.block, names, names)}
            self._patch([new if nat is old else nat for nat in nats], names, "update", prior)
        return self._reread({**prior, **self.known(planned)})

    def remove(self, names: Values) -> None:
        names = self._names(names)
        with _lock:
            left = [nat for nat in self._nats(names, "delete") if nat.get("name") != names["name"]]
            minutes = self.minutes(names, "delete")
            self.api.finish(self.api.call("PATCH", filled(self.row.item, names), {"nats": left}, minutes), minutes)

    def answer(self, names: Values) -> Values | None:
        router = self.api.call("GET", filled(self.row.item, self._names(names)))
        return next((nat for nat in router.get("nats", ()) if nat.get("name") == names["name"]), None)

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        return {**state, "id": filled(self.row.id, {**self._names(names), "name": state["name"]})}

    def _names(self, values: Values) -> Values:
        names = self.place.names(values)
        return {**names, "router": last(names["router"])}

    def _nats(self, names: Values, doing: str) -> list[Values]:
        try:
            nats: list[Values] = self.api.call("GET", filled(self.row.item, names)).get("nats") or []
        except ApiError as refused:
            if doing == "delete":
                raise
            raise Failed(str(refused), None) from None
        return nats

    def _patch(self, nats: list[Values], names: Values, doing: str, left: Values | None) -> None:
        minutes = self.minutes(names, doing)
        named = {**names, "id": filled(self.row.id, names)}
        try:
            self.api.finish(self.api.call("PATCH", filled(self.row.item, names), {"nats": nats}, minutes), minutes)
        except ApiError as refused:
            raise Failed(self.says(doing, named, refused), left) from None
        except OperationFailed as failed:
            cause = self.waited("wait" if doing == "create" else "update_wait", names, failed)
            raise Failed(self.says("waited", names, cause) if doing == "create" else cause, left) from None

    def _reread(self, state: Values) -> Values:
        read = self.read(state)
        if read is None:
            raise Failed(f"{state['id']} is not there after it was written", None)
        return read
