"""All of Google's cloud in one piece: its hosts, and what keeps its instance groups filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google import existing_resources, packages, relay, service, tokens
from embedded_cloud.google.access import os_login
from embedded_cloud.google.call import Context
from embedded_cloud.google.conditions import GoogleConditions
from embedded_cloud.google.container import control_plane
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.machines.partly_played import PartlyPlayed
from embedded_cloud.google.machines.platform import GooglePlatform
from embedded_cloud.google.machines.played import Played
from embedded_cloud.google.machines.reconcile import Reconciler
from embedded_cloud.google.notebooks import SUFFIX as NOTEBOOKS
from embedded_cloud.google.notebooks import Notebooks
from embedded_cloud.google.operations import Operations
from embedded_cloud.google.self_links import COMPUTE
from embedded_cloud.google.storage import xml
from embedded_cloud.google.storage.service import Storage

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from embedded_cloud.conditions import ConditionsFile
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance, Machines
    from embedded_cloud.machines.platform import Platform
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Store

TUNNEL = "iap.tunnelInstances.accessViaIAP"
STORAGE_HOST = "storage.googleapis.com"
STORAGE_JSON = ("storage", "upload", "download", "batch")  # the first segments of the JSON API's paths
LOGIN_REQUIRED = (
    "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid"
    " authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
)


class GoogleCloud:
    """`booted` makes the machines that boot as containers; without it, all are played."""

    def __init__(
        self,
        store: Store,
        scenario: Scenario,
        conditions_file: ConditionsFile,
        booted: Callable[[Platform], Machines] | None,
    ) -> None:
        self._store = store
        conditions = GoogleConditions(conditions_file)
        played = Played(store, scenario, conditions, self._asked)
        platform = GooglePlatform(self._metadata_of, os_login.Guest(store, lambda: conditions.denied).answer)
        self.machines: Machines = PartlyPlayed(booted(platform), played) if booted else played
        self._groups = Reconciler(store, self.machines, scenario, conditions)
        self._context = Context(store, Operations(store), self._groups, conditions, scenario)
        self._storage = Storage(store)
        self._hosts: dict[str, Callable[[Request], Answer]] = {
            STORAGE_HOST: _signed_in(self._storage.answer),
            "www.googleapis.com": self._www,
            "oauth2.googleapis.com": tokens.oauth2,
            "sts.googleapis.com": tokens.sts,
            "iamcredentials.googleapis.com": tokens.iam_credentials,
            "openidconnect.googleapis.com": tokens.userinfo,
            **dict.fromkeys(packages.HOSTS, packages.answer),
        }
        self._relays = relay.Relays(self._address_of, lambda: TUNNEL in conditions.denied)
        for host in service.APIS:
            self._hosts.setdefault(host, _signed_in(self._api))
        self._suffixes: dict[str, Callable[[Request], Answer]] = {
            NOTEBOOKS: Notebooks(self._groups, self.machines).answer,
            control_plane.SUFFIX: lambda request: control_plane.answer(self._context, request),
        }

    def knows(self, host: str) -> bool:
        return host in (*self._hosts, relay.HOST) or host.endswith((".googleapis.com", *self._suffixes))

    def handler(self, host: str) -> Callable[[Request], Answer] | None:
        """What answers for the host; of the APIs that are not emulated, nothing does."""
        by_suffix = (answer for suffix, answer in self._suffixes.items() if host.endswith(suffix))
        return next(by_suffix, self._hosts.get(host))

    def upgraded(self, host: str) -> Callable[[Request, bytes, socket.socket], None] | None:
        """What serves WebSockets of the host; None where nothing does."""
        return self._relays.serve if host == relay.HOST else None

    def instances(self) -> list[tuple[Instance, str]]:
        return [(instance, str(body["status"])) for instance, body in self._groups.all_instances()]

    def leftovers(self) -> list[str]:
        return []

    def expect(self, given: dict[str, Any]) -> None:
        existing_resources.expect(self._store, given)

    def start(self) -> None:
        self._groups.start()

    def stop(self) -> None:
        self._groups.stop()
        self.machines.close()

    def _metadata_of(self, instance: Instance) -> dict[str, str] | None:
        """An instance's metadata as it is now; None where it is gone."""
        with self._store.lock:
            body = self._store.get(
                f"{COMPUTE}projects/{instance.project}/zones/{instance.zone}/instances", instance.name
            )
        if body is None or body["id"] != instance.id:
            return None
        items = (body.get("metadata") or {}).get("items") or ()
        return {str(item["key"]): str(item.get("value", "")) for item in items}

    def _address_of(self, project: str, zone: str, name: str) -> str | None:
        """An instance's address inside its network, empty while it doesn't run; None where there is none."""
        with self._store.lock:
            body = self._store.get(f"{COMPUTE}projects/{project}/zones/{zone}/instances", name)
        if body is None:
            return None
        return str(body["networkInterfaces"][0].get("networkIP") or "") if body["status"] == "RUNNING" else ""

    def _asked(self, request: Request) -> Answer:
        """What a client gets, a refusal too."""
        answer = self.handler(request.host)
        assert answer is not None, request.host  # noqa: S101
        try:
            return answer(request)
        except ApiError as refused:
            return refused.answer()

    def _api(self, request: Request) -> Answer:
        return service.answer(self._context, request)

    def _www(self, request: Request) -> Answer:
        """www.googleapis.com: what the APIs' own hosts answer too."""
        first = request.segments[0]
        if first == "oauth2":
            return tokens.userinfo(request)
        return _signed_in(self._storage.answer if first in STORAGE_JSON else self._api)(request)


def _signed_in(answer: Callable[[Request], Answer]) -> Callable[[Request], Answer]:
    """Refuse a caller who brings no credentials at all; any token will do."""

    def checked(request: Request) -> Answer:
        if request.headers.get("authorization") or request.one("access_token"):
            return answer(request)
        refused = ApiError(401, "required", LOGIN_REQUIRED, location="Authorization", locationType="header")
        if request.host == STORAGE_HOST and request.segments[0] not in STORAGE_JSON:
            return xml.refusal(refused)
        return refused.answer()

    return checked
