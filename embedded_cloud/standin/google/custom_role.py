"""Custom roles. Source: google/services/resourcemanager/resource_google_project_iam_custom_role.go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class CustomRole(Lifecycle):
    """Its API has no operations; a role that was deleted is undeleted in place of being made."""

    def create(self, planned: Values) -> Values:
        names = self.place.names(planned)
        name = filled(self.row.id, names)
        made = {**self.known(planned), "id": name, "name": name, "project": names["project"]}
        try:
            there = self._there(name)
            if there is None:
                body = {"roleId": names["role_id"], "role": self.body(names)}
                self.api.call("POST", filled(self.row.collection, names), body)
            elif there.get("deleted"):
                self.api.call("POST", f"{filled(self.row.item, {'id': name})}:undelete", {})
                self.api.call("PATCH", filled(self.row.item, {"id": name}), self.body(names))
            else:
                raise Failed(f"Custom project role {name} already exists and must be imported", None)
        except ApiError as refused:
            raise Failed(f"Error creating the custom project role {name}: {refused}", None) from None
        return self.read(made) or made

    def update(self, prior: Values, planned: Values) -> Values:
        names = self.place.names(planned)
        url = filled(self.row.item, {"id": prior["id"]})
        try:
            if prior.get("deleted"):
                self.api.call("POST", f"{url}:undelete", {})
            self.api.call("PATCH", url, self.body(names))
        except ApiError as refused:
            title = names["title"]
            raise Failed(f"Error updating the custom project role {title}: {refused}", prior) from None
        return self.read({**prior, **self.known(planned), "id": prior["id"]}) or prior

    def body(self, names: Values) -> Values:
        given = {"title": names["title"], "description": names.get("description"), "stage": names.get("stage") or "GA"}
        return {**{k: v for k, v in given.items() if v}, "includedPermissions": list(names["permissions"])}

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        role_id = answer["name"].rpartition("/")[2]
        return {**state, "id": answer["name"], "role_id": role_id, "deleted": bool(answer.get("deleted"))}

    def remove(self, names: Values) -> None:
        self.api.call("DELETE", filled(self.row.item, names))

    def _there(self, name: str) -> Values | None:
        try:
            return self.api.call("GET", filled(self.row.item, {"id": name}))
        except ApiError as refused:
            if refused.status == 404:
                return None
            raise
