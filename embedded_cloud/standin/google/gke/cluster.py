"""Clusters. Source: google/services/container/resource_container_cluster.go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.api import Interrupted, OperationFailed
from embedded_cloud.standin.google.gke.lifecycle import IN_ERROR, ROOT, GkeLifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class GkeCluster(GkeLifecycle):
    """Made with a pool that is taken away again; changed a part at a time."""

    def create(self, planned: Values) -> Values:
        names = self.place.names(planned)
        parent, minutes = _parent(names), self.minutes(names, "create")
        try:
            operation = self.api.call("POST", filled(self.row.collection, names), {"cluster": self.body(names)})
        except ApiError as refused:
            raise Failed(self.says("create", names, refused), None) from None
        made = {**self.known(names), "id": filled(self.row.id, names)}
        try:
            self.finish(operation, parent, minutes)
        except OperationFailed as failed:
            if isinstance(failed, Interrupted):
                return {**made, "operation": failed.operation}
            raise Failed(self.waited("wait", names, failed), made) from None
        if names.get("remove_default_node_pool"):
            self._remove_default_pool(made, parent, minutes)
        state = self.read(made)
        if state is None or self.rest(f"{ROOT}/{made['id']}", minutes) in IN_ERROR:
            raise Failed(f"Cluster {names['name']} was created in the error state", made)
        return state

    def read(self, state: Values) -> Values | None:
        self.resumed(state, _parent(self.place.names(state)))
        return super().read({**state, "operation": None})

    def body(self, names: Values) -> Values:
        body = super().body(names)
        network = body["networkConfig"]
        body["network"] = network.pop("network")
        if "subnetwork" in network:
            body["subnetwork"] = network.pop("subnetwork")
        private = _first(names, "private_cluster_config")
        network["defaultEnablePrivateNodes"] = bool(private.get("enable_private_nodes"))
        addresses: Values = {"enabled": True, "enablePublicEndpoint": not private.get("enable_private_endpoint")}
        if names.get("master_authorized_networks_config"):
            addresses["authorizedNetworksConfig"] = {"enabled": True}
        endpoints = body.setdefault("controlPlaneEndpointsConfig", {})
        endpoints["ipEndpointsConfig"] = {**addresses, **endpoints.get("ipEndpointsConfig", {})}
        if names.get("min_master_version"):
            body["initialClusterVersion"] = names["min_master_version"]
        if "ipAllocationPolicy" in body:
            body["ipAllocationPolicy"]["useIpAliases"] = names.get("networking_mode") != "ROUTES"
        if names.get("master_auth"):
            certificates = _first(_first(names, "master_auth"), "client_certificate_config")
            issue = bool(certificates.get("issue_client_certificate"))
            body["masterAuth"] = {"clientCertificateConfig": {"issueClientCertificate": issue}}
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        every = state["effective_labels"] or {}
        ours = known.get("resource_labels")
        state["resource_labels"] = {key: every.get(key) for key in ours} if isinstance(ours, dict) else None
        aliases = (answer.get("ipAllocationPolicy") or {}).get("useIpAliases")
        state["networking_mode"] = "VPC_NATIVE" if aliases else "ROUTES"
        return state

    def update(self, prior: Values, planned: Values) -> Values:
        names = self.place.names(planned)
        changed = {name for name in planned if planned[name] != prior.get(name)}
        if "control_plane_endpoints_config" in changed:
            allowed = _first(_first(names, "control_plane_endpoints_config"), "dns_endpoint_config")
            named = {"allowExternalTraffic": bool(allowed.get("allow_external_traffic"))}
            self._change({"desiredControlPlaneEndpointsConfig": {"dnsEndpointConfig": named}}, prior, names)
        if "release_channel" in changed:
            channel = _first(names, "release_channel").get("channel")
            self._change({"desiredReleaseChannel": {"channel": channel}}, prior, names)
        if "enable_multi_networking" in changed:
            self._change({"desiredEnableMultiNetworking": bool(names["enable_multi_networking"])}, prior, names)
        if "remove_default_node_pool" in changed and names.get("remove_default_node_pool"):
            self._remove_default_pool(prior, _parent(names), self.minutes(names, "update"))
        asked = names.get("min_master_version")
        if "min_master_version" in changed and asked and _newer(asked, prior["master_version"]):
            self._change({"desiredMasterVersion": asked}, prior, names)
        if "effective_labels" in changed:
            self._relabel(prior, names)
        state = self.read({**prior, **self.known(planned)})
        if state is None:
            raise Failed(f"{prior['id']} is gone", None)
        return state

    def delete(self, state: Values) -> None:
        if state.get("deletion_protection") is not False:
            text = (
                "Cannot destroy cluster because deletion_protection is set to true. "
                "Set it to false to proceed with cluster deletion."
            )
            raise Failed(text, state)
        super().delete(state)

    def remove(self, names: Values) -> None:
        url, minutes = filled(self.row.item, names), self.minutes(names, "delete")
        self.rest(url, minutes)
        self.finish(self.patiently("DELETE", url, None, 0.5), _parent(names), minutes)

    def _remove_default_pool(self, made: Values, parent: str, minutes: float) -> None:
        try:
            operation = self.api.call("DELETE", f"{ROOT}/{made['id']}/nodePools/default-pool")
            self.finish(operation, parent, minutes)
        except (ApiError, OperationFailed) as failed:
            if isinstance(failed, ApiError) and failed.status == 404:
                return
            raise Failed(f"Error deleting default node pool: {failed}", made) from None

    def _change(self, part: Values, prior: Values, names: Values) -> None:
        minutes = self.minutes(names, "update")
        try:
            operation = self.api.call("PUT", filled(self.row.item, names), {"update": part}, minutes)
            self.finish(operation, _parent(names), minutes)
        except (ApiError, OperationFailed) as failed:
            raise Failed(str(failed), prior) from None

    def _relabel(self, prior: Values, names: Values) -> None:
        minutes = self.minutes(names, "update")
        item = filled(self.row.item, names)
        labels = {"resourceLabels": names["effective_labels"], "labelFingerprint": prior["label_fingerprint"]}
        try:
            self.finish(self.api.call("POST", f"{item}:setResourceLabels", labels), _parent(names), minutes)
        except (ApiError, OperationFailed) as failed:
            raise Failed(str(failed), prior) from None


def _parent(names: Values) -> str:
    return f"projects/{names['project']}/locations/{names['location']}"


def _first(values: Values, name: str) -> Values:
    """The only element of a block; empty where there is none."""
    found = values.get(name)
    return found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}


def _newer(asked: str, present: str) -> bool:
    return _order(asked) > _order(present)


def _order(version: str) -> list[int]:
    return [int(part) for part in version.replace("-gke.", ".").split(".")]
