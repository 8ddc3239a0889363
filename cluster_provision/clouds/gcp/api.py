"""Calls Google's REST APIs: reads pages, and turns refusals into errors."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.clock import second_after
from cluster_provision.clouds.gcp.failures import LOGIN, google_failures_named
from cluster_provision.clouds.gcp.refusals import refusal_of
from cluster_provision.errors import CredentialsError, PermissionDenied, ProvisionError, Refused, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from google.auth.transport.requests import AuthorizedSession
    from requests import Response

COMPUTE = "https://compute.googleapis.com/compute/v1"
CONTAINER = "https://container.googleapis.com/v1"
FILESTORE = "https://file.googleapis.com/v1"
IAM = "https://iam.googleapis.com/v1"
RESOURCE_MANAGER = "https://cloudresourcemanager.googleapis.com/v1"
TIMEOUT_SECONDS = (10, 60)
"""Seconds to connect, and to answer."""

LACKING = ("unreachable", "unreachables", "missingZones")
"""Where lists name the places that they have no answer of: Filestore's, Compute Engine's, Kubernetes Engine's
(discovery documents file.v1, compute.v1, container.v1)."""

WHOLE = ("NO_RESULTS_ON_PAGE", "DEPRECATED_RESOURCE_USED", "DEPRECATED_TYPE_USED", "EXPERIMENTAL_TYPE_USED")
"""Warnings of Compute Engine's lists, and of each place in an aggregated one, with which nothing is missing. Others are
UNREACHABLE, PARTIAL_SUCCESS and the like (compute.v1)."""

Query = Mapping[str, str | Sequence[str]]
"""A request's query; a key with several values is sent several times."""


class GoogleApi:
    """Google's APIs with the caller's credentials, for the cluster's project.

    `began` is the full second after Google's first answer, by Google's clock: a later date belongs to this run.
    """

    timeout = TIMEOUT_SECONDS

    def __init__(self, session: AuthorizedSession, project_id: str) -> None:
        self._session = session
        self._project = project_id
        self.began: datetime | None = None

    def _pages(self, verb: str, url: str, doing: str, key: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        for page in self._raw_pages(verb, url, doing, query):
            yield from page.get(key, [])

    def _raw_pages(self, verb: str, url: str, doing: str, query: Query | None = None) -> Iterator[dict[str, Any]]:
        asked: dict[str, str | Sequence[str]] = dict(query or {})
        while True:
            page = self._call(verb, url, doing, query=asked)
            require_whole(page, doing)
            yield page
            if not page.get("nextPageToken"):
                return
            asked["pageToken"] = page["nextPageToken"]

    def _get(self, url: str, doing: str) -> dict[str, Any]:
        return self._call("GET", url, doing)

    def _off_here(self, refusal: Refusal) -> bool:
        """Whether a refusal says that the service is off in the cluster's own project, where nothing is then.

        A login's calls may be charged to another project, and the service may be off in that one alone.
        """
        if not refusal.service_off or not refusal.project:
            return False
        return refusal.project == self._project or (refusal.project.isdecimal() and refusal.project == self._number())

    def _number(self) -> str:
        """Return the number of the cluster's project; empty where the look is refused."""
        doing = f"looking up the number of project {self._project}"
        found = self._ask("GET", f"{RESOURCE_MANAGER}/projects/{self._project}", doing)
        return "" if isinstance(found, Refusal) else str(found.get("projectNumber", ""))

    def _error_of(self, refusal: Refusal) -> ProvisionError | NotFound:
        """Return the error of a refused look; of a service that is off elsewhere, with the way to charge calls here."""
        if not refusal.service_off or not refusal.project or self._off_here(refusal):
            return refusal.error()
        return ChargedElsewhere(
            f"{refusal.told} (your login's calls are charged to project {refusal.project})",
            f"Have them charged to the cluster's project:\n"
            f"  gcloud auth application-default set-quota-project {shlex.quote(self._project)}\n"
            f"or switch the service on there:\n  {enabling(refusal.service, refusal.project)}",
        )

    def _pages_if_on(self, url: str, doing: str, key: str, *, held: bool = False) -> Iterator[dict[str, Any]]:
        """Yield the same for a service that may be off in the cluster's project: then there is nothing.

        `held`: the state holds such a resource. A service can be switched off by force with that in it, so off is then
        no answer.
        """
        asked: dict[str, str | Sequence[str]] = {}
        while True:
            page = self._ask("GET", url, doing, query=asked)
            if isinstance(page, Refusal):
                if self._off_here(page) and not held:
                    return
                raise self._error_of(page)
            require_whole(page, doing)
            yield from page.get(key, [])
            if not page.get("nextPageToken"):
                return
            asked["pageToken"] = page["nextPageToken"]

    def _call(
        self,
        verb: str,
        url: str,
        doing: str,
        body: dict[str, Any] | None = None,
        query: Query | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        answer = self._ask(verb, url, doing, body, query, headers)
        if isinstance(answer, Refusal):
            raise answer.error()
        return answer

    def _ask(
        self,
        verb: str,
        url: str,
        doing: str,
        body: dict[str, Any] | None = None,
        query: Query | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any] | Refusal:
        with google_failures_named(doing):
            answer = self._session.request(verb, url, json=body, params=query, headers=headers, timeout=self.timeout)
        self.began = self.began or second_after(answer.headers.get("Date", ""))
        if answer.ok:
            return _object(answer, doing)
        try:
            error = answer.json()["error"]
            return Refusal(answer.status_code, f"{doing}: {error['message']}", *_reasons(error))
        except (ValueError, KeyError, TypeError, AttributeError):
            return Refusal(answer.status_code, f"{doing}: {answer.reason}")


def _object(answer: Response, doing: str) -> dict[str, Any]:
    """Return Google's answer. Raises for any other content, such as a network's login page."""
    try:
        told = answer.json()
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    raise Unreachable(
        f"{doing}: the answer is not from Google's API",
        "Check this machine's network (a proxy, a login page), and run the same command again.",
    )


def require_whole(page: dict[str, Any], doing: str) -> None:
    """Raise Unreachable where Google says that a list lacks something: what it lacks would count as not there."""
    lacking = [str(place) for key in LACKING for place in page.get(key) or ()]
    scopes = page.get("items")
    parts = {"": page, **(scopes if isinstance(scopes, dict) else {})}
    lacking += [
        ": ".join(text for text in (scope, code, str(warning.get("message") or "")) if text)
        for scope, part in parts.items()
        if (warning := part.get("warning") or {}) and (code := str(warning.get("code") or "")) not in WHOLE
    ]
    if lacking:
        raise Unreachable(
            f"{doing}: Google can't answer for all of it now ({', '.join(lacking)})",
            "Google has an outage there: run the same command again later.",
        )


class ChargedElsewhere(PermissionDenied):
    """The service is off in another project, to which the login's calls are charged: that says nothing of this one."""


@dataclass(frozen=True)
class Refusal:
    """An error answer: `reasons` are Google's words for the cause, `service` and `project` are what it is about."""

    status: int
    told: str
    reasons: frozenset[str] = frozenset()
    service: str = ""
    project: str = ""

    @property
    def service_off(self) -> bool:
        """Whether the service was never switched on in the project."""
        return bool(self.reasons & {"SERVICE_DISABLED", "accessNotConfigured"})

    @property
    def _in_full(self) -> str:
        """The text with what Google says beside it, as Terraform's provider prints both."""
        about = f'"service": "{self.service}" ' if self.service else ""
        about += f'"consumer": "projects/{self.project}"' if self.project else ""
        return f"{' '.join(sorted(self.reasons))}: {self.told} {about}".strip()

    def error(self) -> ProvisionError | NotFound:
        """Return this tool's error for the refusal."""
        if self.status == 404:
            return NotFound(self.told)
        if self.status == 401:
            return CredentialsError(self.told, LOGIN)
        if self.status == 429 or self.status >= 500 or "rateLimitExceeded" in self.reasons:
            return Unreachable(
                f"{self.told} (HTTP {self.status})", "Google's API is busy or down: run the same command again later."
            )
        if (known := refusal_of(self._in_full)) is not None:
            return known.error(self.told, known.advice_on(self._in_full))
        if self.status == 403:
            return PermissionDenied(self.told, self._what_to_do())
        return Refused(f"{self.told} (HTTP {self.status})", "Google refuses this as it is; the message says why.")

    def _what_to_do(self) -> str:
        if self.reasons & {"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"} and "scope" in self.told:
            return (
                "The credentials' scopes are too narrow: a machine's access scopes must include cloud-platform "
                "(docs/authentication.md)."
            )
        return "docs/permissions.md lists the permissions that you need."


def enabling(services: str, project: str) -> str:
    """Return the command that switches services (full names, separated by spaces) on in a project."""
    named = shlex.join(services.split()) or "<service>"
    return f"gcloud services enable {named} --project={shlex.quote(project) if project else '<project>'}"


def _reasons(error: dict[str, Any]) -> tuple[frozenset[str], str, str]:
    """Return Google's words for the cause, and the service and project it is about (google.rpc.ErrorInfo)."""
    reasons = {str(each.get("reason", "")) for each in error.get("errors", ())}
    service = project = ""
    for detail in error.get("details", ()):
        reasons.add(str(detail.get("reason", "")))
        about = detail.get("metadata") or {}
        service = str(about.get("service", service))
        project = str(about.get("consumer", "")).removeprefix("projects/") or project
    return frozenset(reasons), service, project
