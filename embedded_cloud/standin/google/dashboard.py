"""Dashboards, whole as JSON in one attribute. Source: google/services/monitoring/resource_monitoring_dashboard.go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.codecs import as_json
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class Dashboard(Lifecycle):
    """Its name is the API's own, and there are no operations."""

    def create(self, planned: Values) -> Values:
        names = self.place.names(planned)
        try:
            answer = self.api.call("POST", filled(self.row.collection, names), json.loads(planned["dashboard_json"]))
        except ApiError as refused:
            raise Failed(self.says("create", names, refused), None) from None
        made = {**self.known(planned), "id": answer["name"]}
        return self.read(made) or made

    def update(self, prior: Values, planned: Values) -> Values:
        body = {**json.loads(planned["dashboard_json"]), "etag": json.loads(prior["dashboard_json"]).get("etag")}
        try:
            self.api.call("PATCH", filled(self.row.item, prior), body)
        except ApiError as refused:
            raise Failed(self.says("update", {**planned, "id": prior["id"]}, refused), prior) from None
        return self.read(prior) or prior

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        given = {name: known.get(name) for name in self.block.names()}
        return {**given, "id": answer["name"], "project": names["project"], "dashboard_json": as_json(answer)}

    def remove(self, names: Values) -> None:
        self.api.call("DELETE", filled(self.row.item, names))
