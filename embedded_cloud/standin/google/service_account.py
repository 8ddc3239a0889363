"""Service accounts. Source: google/services/resourcemanager/resource_google_service_account.go.

The provider polls and sleeps for 10 s and more, because IAM becomes consistent late. The embedded cloud is at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class ServiceAccount(Lifecycle):
    """Its API has requests of its own, and no operations."""

    def create(self, planned: Values) -> Values:
        names = self.place.names(planned)
        described = {"displayName": names.get("display_name") or "", "description": names.get("description") or ""}
        body = {"accountId": names["account_id"], "serviceAccount": {k: v for k, v in described.items() if v}}
        try:
            answer = self.api.call("POST", filled(self.row.collection, names), body)
        except ApiError as refused:
            if refused.status == 409 and names.get("create_ignore_already_exists"):
                email = filled(self.row.plans["email"], names)
                answer = {"name": filled(self.row.id, {**names, "email": email})}
            else:
                raise Failed(self.says("create", names, refused), None) from None
        made = {**self.known(planned), "id": answer["name"], "disabled": False}
        if planned.get("disabled"):
            return self.update(made, {**made, "disabled": True})
        return self.read(made) or made

    def update(self, prior: Values, planned: Values) -> Values:
        url = filled(self.row.item, {"id": prior["id"]})
        changed = [name for name in ("description", "display_name") if planned.get(name) != prior.get(name)]
        try:
            if bool(planned.get("disabled")) != bool(prior.get("disabled")):
                self.api.call("POST", f"{url}:{'disable' if planned.get('disabled') else 'enable'}", {})
            if changed:
                account = {
                    "displayName": planned.get("display_name") or "",
                    "description": planned.get("description") or "",
                    "etag": self.api.call("GET", url).get("etag"),
                }
                self.api.call("PATCH", url, {"updateMask": ",".join(changed), "serviceAccount": account})
        except ApiError as refused:
            raise Failed(str(refused), prior) from None
        state = self.read({**prior, **self.known(planned), "id": prior["id"]})
        if state is None:
            raise Failed(f"{prior['id']} is gone", None)
        return state

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        email = answer["email"]
        state = super().state(answer, known, names)
        own = {"id": answer["name"], "account_id": email.partition("@")[0], "member": f"serviceAccount:{email}"}
        return {**state, **own, "disabled": bool(answer.get("disabled")), "project": answer.get("projectId")}

    def remove(self, names: Values) -> None:
        self.api.call("DELETE", filled(self.row.item, names))
