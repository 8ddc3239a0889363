"""Node pools. Source: google/services/container/resource_container_node_pool.go and node_config.go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.api import Interrupted, OperationFailed
from embedded_cloud.standin.google.gke.lifecycle import IN_ERROR, ROOT, GkeLifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import body_of, camel
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

# Parts of the nodes' configuration that change in place, as the API's update calls have them.
_WRAPPED: Final = {"labels": "labels", "resource_labels": "labels", "tags": "tags"}
_PLAIN: Final = ("machine_type", "disk_size_gb", "disk_type", "image_type", "gvnic", "workload_metadata_config")


class GkeNodePool(GkeLifecycle):
    """Kept in the state where it came about without all of its nodes; counted by its instance groups."""

    called = "GKE node pool"

    def create(self, planned: Values) -> Values:
        names = self.place.names(self.named(planned))
        parent, minutes = _parent(names), self.minutes(names, "create")
        made = {**self.known(names), "id": filled(self.row.id, names)}
        try:
            body = {"nodePool": self.body(names)}
            operation = self.patiently("POST", filled(self.row.collection, names), body, minutes)
        except ApiError as refused:
            raise Failed(self.says("create", names, refused), None) from None
        try:
            self.finish(operation, parent, minutes)
        except OperationFailed as failed:
            if isinstance(failed, Interrupted):
                return {**made, "operation": failed.operation}
            if self.read(made) is None:
                raise Failed(self.waited("wait", names, failed), None) from None
        state = self.read(made)
        if state is None:
            raise Failed(f"{made['id']} is not there after it was made", None)
        status = self.rest(f"{ROOT}/{made['id']}", minutes)
        if status in IN_ERROR:
            raise Failed(f'NodePool {names["name"]} was created in the error state "{status}"', state)
        return state

    def read(self, state: Values) -> Values | None:
        self.resumed(state, _parent(state))
        return super().read({**state, "operation": None})

    def answer(self, names: Values) -> Values | None:
        pool = self.api.call("GET", filled(self.row.item, names))
        groups = [self.api.call("GET", _address(url)) for url in pool.get("instanceGroupUrls", ())]
        sizes = [int(group.get("targetSize", 0)) for group in groups]
        pool["-count"] = sum(sizes) // len(sizes) if sizes else 0
        pool["-groups"] = [group["instanceGroup"] for group in groups]
        if not (pool.get("autoscaling") or {}).get("enabled"):
            pool.pop("autoscaling", None)
        return pool

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        found = {"node_count": answer["-count"], "managed_instance_group_urls": answer["-groups"]}
        return {**state, **found, "id": filled(self.row.id, names)}

    def body(self, names: Values) -> Values:
        body = super().body(names)
        if names.get("node_count"):
            body["initialNodeCount"] = int(names["node_count"])
        if "autoscaling" in body:
            body["autoscaling"] = _autoscaling(names)
        return body

    def update(self, prior: Values, planned: Values) -> Values:
        names = self.place.names(planned)
        changed = {name for name in planned if planned[name] != prior.get(name)}
        item = filled(self.row.item, names)
        if "autoscaling" in changed:
            given = {"desiredNodePoolId": names["name"], "desiredNodePoolAutoscaling": _autoscaling(names)}
            self._change("PUT", f"{ROOT}/{_parent(names)}/clusters/{names['cluster']}", {"update": given}, prior, names)
        if "node_config" in changed:
            for part in self._config(prior, names):
                self._change("PUT", item, part, prior, names)
        if "node_count" in changed and names.get("node_count") is not None:
            self._change("POST", f"{item}:setSize", {"nodeCount": int(names["node_count"])}, prior, names)
        if "management" in changed:
            management = body_of(self.row, self.block, names, names, ("management",))
            self._change("POST", f"{item}:setManagement", management, prior, names)
        for name in ("node_locations", "upgrade_settings"):
            if name in changed:
                self._change("PUT", item, body_of(self.row, self.block, names, names, (name,)), prior, names)
        state = self.read({**prior, **self.known(planned)})
        if state is None:
            raise Failed(f"{prior['id']} is gone", None)
        return state

    def remove(self, names: Values) -> None:
        url, minutes = filled(self.row.item, names), self.minutes(names, "delete")
        self.rest(url, minutes)
        self.finish(self.patiently("DELETE", url, None, minutes), _parent(names), minutes)

    def _config(self, prior: Values, names: Values) -> list[Values]:
        """The calls that change the nodes' configuration, one for each part."""
        before, after = prior["node_config"][0], names["node_config"][0]
        config = body_of(self.row, self.block, names, names, ("node_config",))["config"]
        parts = []
        for name in (*_WRAPPED, *_PLAIN):
            if before.get(name) != after.get(name):
                field = self.row.fields.get(f"node_config.{name}") or camel(name)
                value = config.get(field)
                parts.append({field: {_WRAPPED[name]: value or {}} if name in _WRAPPED else value})
        return parts

    def _change(self, verb: str, url: str, body: Any, prior: Values, names: Values) -> None:
        minutes = self.minutes(names, "update")
        try:
            self.finish(self.patiently(verb, url, body, minutes), _parent(names), minutes)
        except (ApiError, OperationFailed) as failed:
            raise Failed(self.says("update", names, failed), prior) from None


def _parent(names: Values) -> str:
    return f"projects/{names['project']}/locations/{names['location']}"


def _address(url: str) -> str:
    return url.removeprefix("https://")


def _autoscaling(names: Values) -> Values:
    given = names.get("autoscaling")
    if not given:
        return {"enabled": False}
    limits = {"minNodeCount": given[0].get("min_node_count"), "maxNodeCount": given[0].get("max_node_count")}
    return {"enabled": True, **{name: int(value or 0) for name, value in limits.items()}}
