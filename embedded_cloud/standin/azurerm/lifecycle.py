"""Making, reading, changing and deleting a resource: a PUT, GET and DELETE on its own id, as most of them are."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.azurerm import ids, wording
from embedded_cloud.standin.azurerm.api import OperationFailed
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import body_of, found_at, place_of, put, state_of
from embedded_cloud.standin.wire import Unknown, Values

if TYPE_CHECKING:
    from embedded_cloud.standin.azurerm.account import Account
    from embedded_cloud.standin.azurerm.api import Answer, Api
    from embedded_cloud.standin.schema import Block
    from embedded_cloud.standin.table import Row

_METHODS: Final = {"PUT": "CreateOrUpdate", "PATCH": "Update", "DELETE": "Delete"}


class Lifecycle:
    """One resource type's operations. `state` and `planned` are Terraform's values."""

    def __init__(self, kind: str, row: Row, block: Block, api: Api, account: Account) -> None:
        self.kind, self.row, self.block, self.api, self.account = kind, row, block, api, account

    def create(self, planned: Values) -> Values:
        """The state of the new resource. Raises Failed."""
        names = self.names(planned)
        identifier = ids.made(self.row.id, names)
        made = {**self.known(names), "id": identifier}
        with ids.locked(self.locks({**names, "id": identifier})):
            self.check_absent(identifier)
            self.write("create", "PUT", identifier, self.body(names), made, None)
        return self.reread(made)

    def read(self, state: Values) -> Values | None:
        """The state as the API tells it; None where the resource is gone. Raises Failed."""
        names = {**self.names(state), **ids.parts(self.row.id, state["id"])}
        answer = self.answer(state["id"], state)
        return None if answer is None else self.state(answer, state, names)

    def update(self, prior: Values, planned: Values) -> Values:
        """The state after the change. Raises Failed."""
        identifier, names = prior["id"], self.names({**planned, "id": prior["id"]})
        changed = tuple(name for name in planned if planned[name] != prior.get(name) and name != "timeouts")
        with ids.locked(self.locks(names)):
            existing = self.answer(identifier, prior)
            if existing is None:
                raise Failed(self.says("update", identifier, "the resource is not there any more"), prior)
            self.change(identifier, names, existing, changed, prior)
        return self.reread({**prior, **self.known(planned), "id": identifier})

    def delete(self, state: Values) -> None:
        """Delete the resource. Raises Failed."""
        with ids.locked(self.locks(self.names(state))):
            self.remove(state["id"], state)

    # What single types do otherwise.

    def body(self, names: Values) -> Values:
        """The body of the call that makes the resource."""
        body = body_of(self.row, self.block, names, names)
        for path, value in self.row.constants.items():
            put(body, path, value)
        return body

    def change(self, identifier: str, names: Values, existing: Values, changed: tuple[str, ...], prior: Values) -> None:
        """Send what brings the resource from `existing` to the planned values."""
        if self.row.updates and self.row.updates[0].verb == "PATCH":
            body = body_of(self.row, self.block, self.emptied(names, changed), names, changed)
            return self.write("update", "PATCH", identifier, body, prior, prior)
        return self.write("update", "PUT", identifier, self.overlaid(existing, names, changed), prior, prior)

    def answer(self, identifier: str, state: Values | None) -> Values | None:
        """The API's object; None where there is none. Raises Failed."""
        try:
            return self.get(identifier)
        except ApiError as refused:
            if refused.status == 404:
                return None
            raise Failed(self.says("read", identifier, refused), state) from None

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        """The state that the API's object describes."""
        state = state_of(self.row, self.block, answer, known, names)
        state |= {name: value for name, value in names.items() if name in ids.parts(self.row.id, known["id"])}
        state["id"] = known["id"]
        for name in ("resource_group_name", "name"):
            if name in self.block.attributes and not state.get(name):
                state[name] = _segment(known["id"], name)
        state |= {name: None for name, each in self.block.attributes.items() if each.write_only}
        return {name: state[name] for name in self.block.names() if name in state}

    def remove(self, identifier: str, state: Values) -> None:
        """Delete the resource, once all else is done."""
        minutes = self.minutes(state, "delete")
        try:
            answer = self.api.call("DELETE", self.address(identifier), self.row.version, minutes=minutes)
        except ApiError as refused:
            if refused.status != 404:
                raise Failed(self.says("delete", identifier, self.performing("DELETE", refused)), state) from None
            return
        self.wait("delete", "DELETE", identifier, answer, state, state)

    # What all of them need.

    def get(self, identifier: str) -> Values:
        """The API's object. Raises ApiError."""
        return self.api.call("GET", identifier, self.row.version).body

    def check_absent(self, identifier: str) -> None:
        """Raises Failed where the resource exists already, and Terraform doesn't know it."""
        if self.account.features.skips_import_check:
            return
        try:
            self.get(identifier)
        except ApiError as refused:
            if refused.status == 404:
                return
            raise Failed(self.says("exists", identifier, refused), None) from None
        raise Failed(wording.exists(self.kind, identifier), None)

    def write(self, doing: str, verb: str, identifier: str, body: Values, made: Values, left: Values | None) -> None:
        """Send it and wait for its end. `left` is the state after a refusal, `made` that once it has been taken."""
        minutes = self.minutes(made, doing)
        try:
            answer = self.api.call(verb, self.address(identifier), self.row.version, body, minutes)
        except ApiError as refused:
            raise Failed(self.says(doing, identifier, self.performing(verb, refused)), left) from None
        kept = made if doing != "create" or self.account.features.persists_id else None
        self.wait(doing, verb, identifier, answer, made, kept)

    def wait(self, doing: str, verb: str, identifier: str, answer: Answer, values: Values, left: Values | None) -> None:
        """Wait for the end of the operation that `answer` names."""
        if self.row.instant:
            return
        try:
            self.api.finish(answer, self.minutes(values, doing))
        except OperationFailed as failed:
            cause = f"polling after {self.row.operations}{_METHODS[verb]}: {failed}"
            raise Failed(self.says(doing, identifier, cause), left) from None

    def address(self, identifier: str) -> str:
        """The address of a write: for most, the resource itself."""
        return identifier

    def overlaid(self, existing: Values, names: Values, changed: tuple[str, ...]) -> Values:
        """The API's object as it is, with the changed attributes' values in it."""
        body = copy.deepcopy(existing)
        for name in changed:
            if name in (*self.row.manner.FOREIGN, *self.row.virtual):
                continue
            place, given = place_of(self.row, name), body_of(self.row, self.block, names, names, (name,))
            put(body, place, found_at(given, place))
        return body

    def emptied(self, names: Values, changed: tuple[str, ...]) -> Values:
        """The values, with nothing of its kind for what is unset now: a PATCH leaves alone what it doesn't name."""
        kinds = {name: self.block.attributes[name].type for name in changed if name in self.block.attributes}
        return names | {name: _nothing(kind) for name, kind in kinds.items() if names.get(name) is None}

    def says(self, which: str, identifier: str, cause: object) -> str:
        what = ids.described(self.row.noun, self.address(identifier) if ids.JOINED in identifier else identifier)
        return self.row.message(which, what=what, quoted=json.dumps(what), cause=cause)

    def performing(self, verb: str, refused: ApiError) -> object:
        """A refusal as a client of operations words it; where there is none, as it is."""
        return refused if self.row.instant else f"performing {self.row.operations}{_METHODS[verb]}: {refused}"

    def minutes(self, values: Values, which: str) -> float:
        """How long an operation may take: the resource's own `timeouts`, such as 1h30m, or the provider's default."""
        given = (values.get("timeouts") or {}).get(which)
        if not isinstance(given, str):
            return self.row.waits.get(which, 30)
        units = {"h": 60.0, "m": 1.0, "s": 1 / 60, "ms": 1 / 60000}
        return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)(h|ms|m|s)", given))

    def names(self, values: Values) -> Values:
        """The values, with all else that a template may need."""
        return {**values, "subscription": self.account.subscription}

    def locks(self, names: Values) -> list[str]:
        return [ids.made(template, names) for template in self.row.locks]

    def known(self, values: Values) -> Values:
        """Values as they may stand in a state: nothing unknown."""
        secret = [name for name, each in self.block.attributes.items() if each.write_only]
        return {name: None if name in secret else _known(values.get(name)) for name in self.block.names()}

    def reread(self, state: Values) -> Values:
        read = self.read(state)
        if read is None:
            raise Failed(
                f"Provider produced inconsistent result: {state['id']} is not there after it was written", None
            )
        return read


def _known(value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if isinstance(value, list):
        return [_known(each) for each in value]
    return {key: _known(each) for key, each in value.items()} if isinstance(value, dict) else value


def _nothing(kind: Any) -> Any:
    """The value that means "unset" in a call."""
    if isinstance(kind, str):
        return {"string": "", "number": 0, "bool": False}[kind]
    return {} if kind[0] == "map" else []


def _segment(identifier: str, name: str) -> str:
    """A resource's name or group, from its id."""
    if name == "name":
        return identifier.rpartition("/")[2]
    found = re.search(r"/resourceGroups/([^/]+)", identifier)
    return found[1] if found else ""
