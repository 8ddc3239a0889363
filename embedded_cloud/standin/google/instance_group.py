"""Managed instance groups. Source: google/services/compute/resource_compute_instance_group_manager.go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.api import Interrupted, OperationFailed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.table import Update
    from embedded_cloud.standin.wire import Values


class InstanceGroup(Lifecycle):
    """An update policy is sent whole; a group may be waited for until its machines are there."""

    def create(self, planned: Values) -> Values:
        return self._stable(super().create(planned))

    def update(self, prior: Values, planned: Values) -> Values:
        return self._stable(super().update(prior, planned))

    def read(self, state: Values) -> Values | None:
        if operation := state.get("operation"):
            state = {**state, "operation": None}
            if not self._resumed(state, operation):
                return None
        return super().read(state)

    def body(self, names: Values) -> Values:
        return _policy(super().body(names), names)

    def changed(self, update: Update, due: tuple[str, ...], names: Values) -> Values:
        return _policy(super().changed(update, due, names), names)

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        for version in state["version"]:
            # The API calculates a size where none is given.
            version["target_size"] = [size for size in version["target_size"] if any(size.values())]
        return state

    def _resumed(self, state: Values, operation: str) -> bool:
        """Wait for the operation that an interrupted run has left; false where it failed, and made no group."""
        names = self.place.names(state)
        url = filled("compute.googleapis.com/compute/v1/projects/{project}/zones/{zone}/operations/", names) + operation
        try:
            self.api.finish(self.api.call("GET", url), self.minutes(names, "create"))
        except Interrupted:
            raise
        except (ApiError, OperationFailed):
            return False
        return True

    def _stable(self, state: Values) -> Values:
        """The state once the group is stable, where `wait_for_instances` asks for that."""
        if not state.get("wait_for_instances"):
            return state
        for _ in self.api.ticks(self.minutes(state, "create")):
            state = self.read(state) or state
            status = (state.get("status") or [{}])[0]
            reached = (status.get("version_target") or [{}])[0].get("is_reached")
            if status.get("is_stable") and (state.get("wait_for_instances_status") != "UPDATED" or reached):
                return state
        raise Failed("timeout while waiting for state to become 'created' (last state: 'creating')", state)


def _policy(body: Values, names: Values) -> Values:
    """The limits of an update policy: each as a percentage where one is given, else as a number, which may be 0."""
    if "updatePolicy" in body:
        given = names["update_policy"][0]
        for field, name in (("maxSurge", "max_surge"), ("maxUnavailable", "max_unavailable")):
            percent, fixed = given.get(f"{name}_percent"), given.get(f"{name}_fixed")
            limit = {"percent": percent, "fixed": None} if percent else {"fixed": _number(fixed), "percent": None}
            body["updatePolicy"][field] = limit
    return body


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0
