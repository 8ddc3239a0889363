"""Making, reading, changing and deleting a resource: one object of a collection, as most of them are."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google import naming
from embedded_cloud.standin.google.api import Interrupted, OperationFailed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import body_of, camel, state_of
from embedded_cloud.standin.table import filled, last
from embedded_cloud.standin.wire import Unknown, Values

if TYPE_CHECKING:
    from embedded_cloud.standin.google.api import Api
    from embedded_cloud.standin.schema import Block
    from embedded_cloud.standin.table import Row, Update


@dataclass(frozen=True)
class Place:
    """The provider's configuration: where resources go that don't say, and what all of them carry."""

    project: str = ""
    region: str = ""
    zone: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    attribution: bool = True

    def names(self, values: Values) -> Values:
        """The values, with project, region and zone by name, the provider's where the resource has none."""
        given = {name: None if isinstance(value, Unknown) else value for name, value in values.items()}
        zone = last(given.get("zone") or self.zone)
        region = last(given.get("region") or "") or self.region or zone.rpartition("-")[0]
        return {**given, "project": given.get("project") or self.project, "region": region, "zone": zone}


class Lifecycle:
    """One resource type's operations. `state` and `planned` are Terraform's values."""

    def __init__(self, row: Row, block: Block, api: Api, place: Place) -> None:
        self.row, self.block, self.api, self.place = row, block, api, place

    def create(self, planned: Values) -> Values:
        """The state of the new resource. Raises Failed."""
        names = self.place.names(self.named(planned))
        body = self.body(names)
        minutes = self.minutes(names, "create")
        try:
            operation = self.api.call("POST", filled(self.row.collection, names), body, minutes, self.row.final)
        except ApiError as refused:
            raise Failed(self.says("create", names, refused), None) from None
        made = {**self.known(names), "id": filled(self.row.id, names)}
        try:
            self.api.finish(operation, minutes, self.row.operations)
        except OperationFailed as failed:
            cause = self.waited("wait", names, failed)
            if isinstance(failed, Interrupted) and "operation" in made:
                # As the provider does: the next refresh goes on waiting for it.
                return {**made, "operation": failed.operation}
            left = made if self.row.keeps else None
            raise Failed(self.says("waited", names, cause), left) from None
        read = self.read(made)
        if read is None:
            raise Failed(f"Provider produced inconsistent result: {made['id']} is not there after it was made", None)
        return read

    def read(self, state: Values) -> Values | None:
        """The state as the API tells it; None where the resource is gone. Raises Failed."""
        names = self.place.names(state)
        try:
            answer = self.answer(names)
        except ApiError as refused:
            if refused.status == 404:
                return None
            read = filled(self.says("read", names), names)
            raise Failed(f"Error when reading or editing {read}: {refused}", state) from None
        return None if answer is None else self.state(answer, state, names)

    def update(self, prior: Values, planned: Values) -> Values:
        """The state after the calls that the changes need. Raises Failed."""
        names = self.place.names(planned)
        changed = [name for name in planned if planned[name] != prior.get(name) and name != "deletion_policy"]
        for update in self.row.updates:
            if due := [name for name in update.when if name in changed]:
                self._update(update, due, prior, names)
        state = self.read({**prior, **self.known(planned)})
        if state is None:
            raise Failed(f"{prior['id']} is gone", None)
        return state

    def delete(self, state: Values) -> None:
        """Delete the resource. Raises Failed."""
        names = self.place.names(state)
        if state.get("deletion_policy") == "PREVENT":
            text = (
                f'cannot destroy {self.row.noun} without setting deletion_policy="DELETE" and running `terraform apply`'
            )
            raise Failed(text, state)
        if state.get("deletion_policy") == "ABANDON":
            return
        try:
            self.remove(names)
        except ApiError as refused:
            if refused.status != 404:
                raise Failed(self.says("delete", names, refused), state) from None
        except OperationFailed as failed:
            raise Failed(self.waited("delete_wait", names, failed), state) from None

    # What single types do otherwise.

    def named(self, planned: Values) -> Values:
        """The planned values, with a name where the provider makes one up."""
        if isinstance(planned.get("name"), Unknown):
            return {**planned, "name": naming.unique(planned.get("name_prefix"))}
        return planned

    def body(self, names: Values) -> Values:
        """The body of the call that makes the resource."""
        return body_of(self.row, self.block, names, names)

    def answer(self, names: Values) -> Values | None:
        """The API's object."""
        return self.api.call("GET", filled(self.row.item, names))

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        """The state that the API's object describes."""
        state = state_of(self.row, self.block, answer, known, names)
        state |= {"id": filled(self.row.id, {**names, **state, **self._place_of(names)}), "project": names["project"]}
        if "region" in self.block.attributes:
            state["region"] = state.get("region") or names["region"]
        if "zone" in self.block.attributes:
            state["zone"] = state.get("zone") or names["zone"]
        if "effective_labels" in state:
            every = state["effective_labels"] or {}
            for name in ("labels", "terraform_labels"):
                ours = known.get(name)
                state[name] = {key: every.get(key) for key in ours} if isinstance(ours, dict) else None
            state["effective_labels"] = every
        return {
            name: value for name, value in state.items() if name in self.block.attributes or name in self.block.blocks
        }

    def remove(self, names: Values) -> None:
        minutes = self.minutes(names, "delete")
        operation = self.api.call("DELETE", filled(self.row.item, names), minutes=minutes)
        self.api.finish(operation, minutes, self.row.operations)

    # What all of them need.

    def says(self, which: str, names: Values, cause: object = "") -> str:
        return self.row.message(which, **{**names, "cause": str(cause)})

    def minutes(self, values: Values, which: str) -> float:
        """How long an operation may take: the resource's own `timeouts`, such as 1h30m, or the provider's default."""
        given = (values.get("timeouts") or {}).get(which)
        if not isinstance(given, str):
            return self.row.waits.get(which, 20)
        units = {"h": 60.0, "m": 1.0, "s": 1 / 60, "ms": 1 / 60000}
        return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(h|ms|m|s)", given))

    def known(self, values: Values) -> Values:
        """Values as they may stand in a state: nothing unknown."""
        return {name: _known(values.get(name)) for name in self.block.names()}

    def _place_of(self, names: Values) -> Values:
        return {name: names[name] for name in ("project", "region", "zone")}

    def waited(self, which: str, names: Values, failed: OperationFailed) -> str:
        return f"Error waiting for {self.says(which, names)}: {failed}" if failed.waited else str(failed)

    def _update(self, update: Update, due: list[str], prior: Values, names: Values) -> None:
        minutes = self.minutes(names, "update")
        item = filled(self.row.item, names)
        says = update.says or self.row.says.get("update")
        try:
            body: Values | None = None
            if not update.query:
                body = self.changed(update, tuple(due), names)
            if update.fingerprint and body is not None:
                body["fingerprint"] = self.api.call("GET", item).get("fingerprint")
            url = filled(update.url, names) or item + update.suffix
            url += f"?{filled(update.query, names)}" if update.query else ""
            if update.mask:
                fields = [self.row.fields.get(name, camel(name)) for name in due]
                url += f"?updateMask={','.join(fields)}"
            operation = self.api.call(update.verb, url, body, minutes, self.row.final)
        except ApiError as refused:
            text = (
                filled(says, {"cause": refused}) if says else self.says("update", {**names, "id": prior["id"]}, refused)
            )
            raise Failed(text, prior) from None
        try:
            self.api.finish(operation, minutes, self.row.operations)
        except OperationFailed as failed:
            wait = update.wait or self.says("update_wait", names)
            raise Failed(f"Error waiting for {wait}: {failed}" if failed.waited else str(failed), prior) from None

    def changed(self, update: Update, due: tuple[str, ...], names: Values) -> Values:
        """The body of a call that changes the resource."""
        if update.whole:
            emptied = tuple(name for name in update.when if names.get(name) == [])
            given = body_of(self.row, self.block, {name: names.get(name) for name in update.when}, names)
            return {**(body_of(self.row, self.block, names, names, emptied) if emptied else {}), **given}
        return body_of(self.row, self.block, names, names, due)


def _known(value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, list):
        return [_known(each) for each in value]
    return {key: _known(each) for key, each in value.items()} if isinstance(value, dict) else copy.copy(value)
