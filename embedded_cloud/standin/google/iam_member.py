"""Members of a policy, a bucket's or a project's.

Source: google/tpgiamresource, google/services/storage/iam_storage_bucket.go and
google/services/resourcemanager/iam_project.go.

The provider reads the policy three more times, a second apart, because IAM becomes consistent late. Not so here.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.standin.wire import Values

_VERSION = 3  # the first policy version with conditions
_CONFLICTS = (409, 412)

# One policy holds all of a resource's: they are read, changed and written one at a time.
_lock = threading.Lock()


class IamMember(Lifecycle, ABC):
    """Reads, changes and writes the policy; repeats that where its etag shows that somebody else wrote meanwhile."""

    owner: str
    """The attribute that names whose policy it is."""

    def create(self, planned: Values) -> Values:
        state = self.owned({**self.known(planned), "project": self.place.names(planned)["project"]})
        self._modify(state, lambda bindings: _added(bindings, state))
        read = self.read(state)
        if read is None:
            described = self.row.message("read", **state)
            raise Failed(f"{described}: the member is not there after it was added", None)
        return read

    def answer(self, names: Values) -> Values | None:
        policy = self.policy(names)
        binding = next((each for each in policy.get("bindings", ()) if _same(each, names)), None)
        members = binding.get("members", ()) if binding else ()
        member = next((each for each in members if each.lower() == names["member"].lower()), None)
        return {"etag": policy.get("etag"), "member": member, **(binding or {})} if member else None

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        parts = [known[self.owner], known["role"], answer["member"]]
        if condition := _condition(answer):
            parts.append("/".join(condition))
        given = {"id": "/".join(parts), "member": answer["member"], "etag": answer.get("etag")}
        return {**super().state(answer, known, names), **given}

    def delete(self, state: Values) -> None:
        try:
            self._modify(state, lambda bindings: _removed(bindings, state))
        except Failed as failed:
            if "Error 404" not in str(failed):
                raise

    # What the two do otherwise.

    def owned(self, planned: Values) -> Values:
        """The planned values, with the owner as the state holds it."""
        return planned

    @abstractmethod
    def policy(self, names: Values) -> Values:
        """The policy as it is now."""

    @abstractmethod
    def write(self, names: Values, policy: Values) -> None:
        """Put a policy in its place."""

    def _modify(self, state: Values, change: Callable[[list[Values]], list[Values]]) -> None:
        described = filled(self.row.noun, state)
        with _lock:
            for _ in self.api.ticks(self.minutes(state, "create")):
                try:
                    policy = self.policy(state)
                except ApiError as refused:
                    raise Failed(f"Error retrieving IAM policy for {described}: {refused}", None) from None
                bindings = change(policy.get("bindings", []))
                try:
                    self.write(state, {**policy, "version": _VERSION, "bindings": bindings})
                except ApiError as refused:
                    if refused.status not in _CONFLICTS:
                        cause = f"Error setting IAM policy for {described}: {refused}"
                        raise Failed(f"Error applying IAM policy for {described}: {cause}", None) from None
                else:
                    return
        raise Failed(f"Error applying IAM policy to {described}: Too many conflicts.", None)


class BucketIamMember(IamMember):
    """Of a bucket's policy."""

    owner = "bucket"

    def owned(self, planned: Values) -> Values:
        return {**planned, "bucket": f"b/{last(planned['bucket'])}"}

    def policy(self, names: Values) -> Values:
        return self.api.call("GET", f"{filled(self.row.item, names)}?optionsRequestedPolicyVersion={_VERSION}")

    def write(self, names: Values, policy: Values) -> None:
        self.api.call("PUT", filled(self.row.item, names), policy)


class ProjectIamMember(IamMember):
    """Of a project's policy."""

    owner = "project"

    def policy(self, names: Values) -> Values:
        asked = {"options": {"requestedPolicyVersion": _VERSION}}
        return self.api.call("POST", f"{filled(self.row.item, names)}:getIamPolicy", asked)

    def write(self, names: Values, policy: Values) -> None:
        asked = {"policy": policy, "updateMask": "bindings,etag,auditConfigs"}
        self.api.call("POST", f"{filled(self.row.item, names)}:setIamPolicy", asked)


def _added(bindings: list[Values], state: Values) -> list[Values]:
    ours = next((each for each in bindings if _same(each, state)), None)
    if ours is None:
        made: Values = {"role": state["role"], "members": [state["member"]]}
        if condition := state.get("condition"):
            made["condition"] = {name: value for name, value in condition[0].items() if value}
        return [*bindings, made]
    members = sorted({*ours.get("members", ()), state["member"]})
    return [{**each, "members": members} if each is ours else each for each in bindings]


def _removed(bindings: list[Values], state: Values) -> list[Values]:
    left = []
    for each in bindings:
        members = each.get("members", [])
        if _same(each, state):
            members = [member for member in members if member.lower() != state["member"].lower()]
        if members:
            left.append({**each, "members": members})
    return left


def _same(binding: Values, state: Values) -> bool:
    """Whether a binding has the state's role and condition."""
    wanted = state.get("condition")
    return binding.get("role") == state["role"] and _condition(binding) == _condition(
        {"condition": wanted[0]} if wanted else {}
    )


def _condition(binding: Values) -> tuple[str, ...]:
    """The key of a condition, in the order of the resource's id."""
    given: dict[str, Any] | None = binding.get("condition")
    return tuple(given.get(name) or "" for name in ("title", "description", "expression")) if given else ()
