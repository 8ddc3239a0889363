"""Calls Azure Resource Manager: reads pages, waits for long operations, and turns refusals into errors."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from cluster_provision.clouds.azure.failures import advice_on, azure_failures_named, credentials_error, why
from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.clock import second_after
from cluster_provision.clouds.problems import OTHER
from cluster_provision.errors import NotReady, PermissionDenied, Refused, UnexpectedError, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    import requests

    from cluster_provision.clouds.azure.credentials import Credentials

T = TypeVar("T")

MANAGEMENT = "https://management.azure.com"
SCOPE = f"{MANAGEMENT}/.default"
TIMEOUT_SECONDS = (10, 60)
"""Seconds to connect, and to answer."""
BUSY = (429, 500, 502, 503, 504)
LONGEST_WISH = 60
"""Seconds that an answer's Retry-After may have a call wait, silently: by itself, urllib3 takes up to six hours."""
WORK_SECONDS = 600.0
POLL_SECONDS = 2.0


class AzureApi:
    """Resource Manager with the caller's credentials, for the cluster's subscription.

    `began` is the full second after its first answer, by Azure's clock: a later date belongs to this run.
    """

    def __init__(self, credentials: Credentials, subscription: str) -> None:
        self.subscription_id = subscription
        self.began: datetime | None = None
        self._credentials = credentials
        self._session = _session()

    def get(self, path: str, version: str, doing: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the resource. Raises NotFound, or the error for the refusal (see `refusal`)."""
        return self.call("GET", path, version, doing, query=query)

    def find(self, path: str, version: str, doing: str) -> dict[str, Any] | None:
        """Return the resource, or None where there is none."""
        try:
            return self.get(path, version, doing)
        except NotFound:
            return None

    def pages(
        self, path: str, version: str, doing: str, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield all that a list holds, page by page. Raises Unreachable for a page that is no list, even an empty one:
        what it lacks would count as not there."""
        page = self.get(path, version, doing, query)
        while True:
            if not isinstance(page.get("value"), list):
                raise Unreachable(f"{doing}: Azure's answer is not a list", "Run the same command again later.")
            yield from page["value"]
            following = str(page.get("nextLink") or "")
            if not following:
                return
            _require_ours(following, doing)
            page = _content(self._answer("GET", following, doing, None, {}), doing, dict)

    def array(self, path: str, version: str, doing: str) -> list[dict[str, Any]]:
        """Return a list that Azure gives without pages. Raises as `get` does."""
        answer = self._answer("GET", f"{MANAGEMENT}{path}", doing, None, {"api-version": version})
        return _content(answer, doing, list)

    def make(self, path: str, version: str, doing: str, body: dict[str, Any]) -> dict[str, Any]:
        """PUT, wait until the resource is made, and return it."""
        answer = self._answer("PUT", f"{MANAGEMENT}{path}", doing, body, {"api-version": version})
        self._wait(answer, doing)
        return self.get(path, version, doing)

    def change(self, path: str, version: str, doing: str, body: dict[str, Any]) -> None:
        """PATCH, and wait until it is done."""
        self._wait(self._answer("PATCH", f"{MANAGEMENT}{path}", doing, body, {"api-version": version}), doing)

    def remove(self, path: str, version: str, doing: str) -> None:
        """DELETE, and wait until the resource is gone. A missing resource counts as gone."""
        try:
            answer = self._answer("DELETE", f"{MANAGEMENT}{path}", doing, None, {"api-version": version})
        except NotFound:
            return
        self._wait(answer, doing)

    def call(
        self,
        verb: str,
        path: str,
        version: str,
        doing: str,
        body: dict[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the answer's JSON object. Raises as `get` does."""
        answer = self._answer(verb, f"{MANAGEMENT}{path}", doing, body, {"api-version": version, **(query or {})})
        return _content(answer, doing, dict)

    def outcome(self, path: str, version: str, doing: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST, and return the result of the work that it begins. Raises as `get` does; NotReady after WORK_SECONDS."""
        answer = self._answer("POST", f"{MANAGEMENT}{path}", doing, body, {"api-version": version})
        place = answer.headers.get("Location", "")
        until = time.monotonic() + WORK_SECONDS
        while answer.status_code == 202 and place:
            _require_ours(place, doing)
            if time.monotonic() > until:
                raise NotReady(f"{doing}: not finished after {WORK_SECONDS:g} s", "Run the same command again later.")
            answer = self._answer("GET", place, doing, None, {})
            if answer.status_code == 202:
                time.sleep(POLL_SECONDS)
        return _content(answer, doing, dict)

    def _answer(
        self, verb: str, url: str, doing: str, body: dict[str, Any] | None, query: Mapping[str, str]
    ) -> requests.Response:
        import requests

        with azure_failures_named(doing):
            token = self._credentials.token.get_token(SCOPE).token
        try:
            answer = self._session.request(
                verb,
                url,
                json=body,
                params=query,
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException as failure:
            raise Unreachable(
                f"{doing}: {why(failure)}",
                "Check this machine's network (HTTPS_PROXY, SSL_CERT_FILE, a firewall), and run the same command "
                "again.",
            ) from None
        self.began = self.began or second_after(answer.headers.get("Date", ""))
        if not answer.ok:
            raise refusal(answer.status_code, doing, answer)
        return answer

    def _wait(self, answer: requests.Response, doing: str) -> None:
        """Wait until the work that an answer names is over. Raises the error that it ended with."""
        address = answer.headers.get("Azure-AsyncOperation") or answer.headers.get("Location") or ""
        until = time.monotonic() + WORK_SECONDS
        while address:
            _require_ours(address, doing)
            looked = self._answer("GET", address, doing, None, {})
            told = _content(looked, doing, dict)
            state = str(told.get("status") or ("InProgress" if looked.status_code == 202 else "Succeeded"))
            if state.lower() in ("failed", "canceled"):
                error = told.get("error") or {}
                raise problem(doing, f"{error.get('code', state)}: {error.get('message', 'no reason given')}")
            if state.lower() == "succeeded":
                return
            if time.monotonic() > until:
                raise NotReady(f"{doing}: not finished after {WORK_SECONDS:g} s", "Run the same command again later.")
            time.sleep(_pause_of(looked))


def _require_ours(address: str, doing: str) -> None:
    """Raise UnexpectedError for an address outside Resource Manager, so that no other server gets the token.

    A skipped page would make a list look complete. Some of Azure's services put the port into the address.
    """
    where = urlsplit(address)
    if (where.scheme, where.netloc.lower().removesuffix(":443")) != ("https", urlsplit(MANAGEMENT).netloc):
        raise UnexpectedError(f"{doing}: the next page is at {where.scheme}://{where.netloc}, not at {MANAGEMENT}")


def _content(answer: requests.Response, doing: str, kind: type[T]) -> T:
    """Return Resource Manager's answer, or an empty one where it has no body.

    Raises Unreachable for any other content: it comes from somebody else, such as a network's login page.
    """
    try:
        told = answer.json() if answer.content else kind()
    except ValueError:
        told = None
    if isinstance(told, kind):
        return told
    raise Unreachable(
        f"{doing}: the answer is not from Azure Resource Manager",
        "Check this machine's network (a proxy, a login page), and run the same command again.",
    )


def _pause_of(answer: requests.Response) -> float:
    """Return the seconds to wait: what the answer asks for, at most POLL_SECONDS."""
    told = answer.headers.get("Retry-After", "")
    return min(float(told), POLL_SECONDS) if told.isdecimal() else POLL_SECONDS


def refusal(status: int, doing: str, answer: requests.Response) -> Exception:
    """Return the error for an answer with this HTTP status."""
    try:
        error = answer.json()["error"]
        told = f"{error['code']}: {error['message']}"
    except (ValueError, KeyError, TypeError):
        told = f"HTTP {status} {answer.reason}"
    if status == 404:
        return NotFound(f"{doing}: {told}")
    if status == 401:
        return credentials_error(doing, told)
    if status in BUSY:
        return Unreachable(f"{doing}: {told}", "Azure is busy or down: run the same command again later.")
    if status == 403:
        known = kind_of(told)
        if issubclass(known.error, PermissionDenied):
            return known.raised_for(f"{doing}: {told}")
        return PermissionDenied(f"{doing}: {told}", advice_on(told))
    return problem(doing, told)


def problem(doing: str, told: str) -> Exception:
    """Return the error for Azure's "<code>: <message>"."""
    kind = kind_of(told)
    if kind is OTHER:
        return Refused(f"{doing}: {told}", "Azure refuses this as it is; the message says why.")
    return kind.raised_for(f"{doing}: {told}")


def _session() -> requests.Session:
    """Return a session that repeats calls while Azure is busy. A repeated PUT or DELETE has the same effect."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    again = Retry(
        total=4,
        backoff_factor=0.5,
        status_forcelist=BUSY,
        allowed_methods=("GET", "PUT", "DELETE"),
        raise_on_status=False,
        retry_after_max=LONGEST_WISH,
    )
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=again))
    return session
