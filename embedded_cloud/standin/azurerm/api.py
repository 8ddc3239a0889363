"""Calls of Azure Resource Manager, and waits for what they begin. Source: hashicorp/go-azure-sdk, sdk/client."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from embedded_cloud.standin.azurerm import credentials, wording
from embedded_cloud.standin.https import ApiError, Https

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST: Final = "https://management.azure.com"
_POLL: Final = (0.1, 1.0)  # seconds between two looks at an operation: at first, at most. The provider's are longer.
_BACK_OFF: Final = (1.0, 61.0)  # seconds before a call is repeated: at first, at most
_RENEW_SECONDS: Final = 300.0  # a token is asked for anew so long before its end


class OperationFailed(Exception):
    """The operation of a call failed, or was not over in time."""


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]


class Api(Https):
    """The API for one plugin process, in the name of one person or application."""

    def __init__(self, stopped: threading.Event, source: Callable[[], str] | None = None) -> None:
        super().__init__(stopped)
        self._source = source
        self._token_lock = threading.Lock()
        self._token, self._until = "", 0.0

    def acts_for(self, source: Callable[[], str]) -> None:
        """Take tokens from `source`, the first one now. Raises credentials.Refused."""
        self._source, self._token = source, ""
        self._bearer()

    def call(self, verb: str, path: str, version: str, body: Any = None, minutes: float = 30.0) -> Answer:
        """The answer of `path`, which may have a query. Repeats what the provider repeats. Raises ApiError."""
        url = path if path.startswith("https:") else f"{HOST}{path}{'&' if '?' in path else '?'}api-version={version}"
        sent = None if body is None else json.dumps(body).encode()
        until, pause = time.monotonic() + minutes * 60, _BACK_OFF[0]
        while True:
            try:
                headers = {
                    "Content-Type": "application/json; charset=utf-8",
                    "Accept": "application/json",
                    "Authorization": f"Bearer {self._bearer()}",
                }
                status, answer, told = self.exchange(verb, url, sent, headers)
            except credentials.Refused as refused:
                raise ApiError(0, f"authorizing request: {refused}") from None
            except OSError as failed:
                raise ApiError(0, f'{verb.capitalize()} "{url}": {failed}') from None
            if status < 300:
                got = json.loads(answer) if answer else {}
                return Answer(status, got if isinstance(got, dict) else {}, told)
            asked = told.get("retry-after", "")
            wait = float(asked) if asked.isdecimal() else pause  # The SDK doesn't read a date, either.
            again = status in (408, 424, 429) or (status >= 500 and status != 501)
            if not again or time.monotonic() + wait > until or self.stopped.wait(wait):
                raise ApiError(status, wording.refusal(status, answer))
            pause = min(pause * 2, _BACK_OFF[1])

    def finish(self, answer: Answer, minutes: float) -> None:
        """Wait for the end of the operation that `answer` names. Raises OperationFailed."""
        url = answer.headers.get("azure-asyncoperation") or answer.headers.get("location")
        if not url:
            return
        until, pause = time.monotonic() + minutes * 60, _POLL[0]
        while True:
            try:
                look = self.call("GET", url, "")
            except ApiError as refused:
                if refused.status != 404:
                    raise OperationFailed(str(refused)) from None
                look = Answer(404, {}, {})
            if _is_over(look):
                return
            if time.monotonic() > until:
                raise OperationFailed("polling failed: context deadline exceeded")
            if self.stopped.wait(pause):
                raise OperationFailed("polling failed: context canceled")
            pause = min(pause * 2, _POLL[1])

    def _bearer(self) -> str:
        with self._token_lock:
            if not self._token or time.time() > self._until:
                if self._source is None:
                    raise credentials.Refused("the provider is not configured")
                self._token = self._source()
                self._until = float(credentials.claims_of(self._token).get("exp") or 0) - _RENEW_SECONDS
            return self._token


def _is_over(look: Answer) -> bool:
    """Whether an operation has succeeded, by its state. Raises OperationFailed where it has failed."""
    if look.status in (202, 404):
        return False
    properties = look.body.get("properties")
    inner = properties.get("provisioningState") if isinstance(properties, dict) else None
    status = str(look.body.get("status") or inner or ("Succeeded" if not look.body else ""))
    if status in ("Failed", "Canceled"):
        word = "failed" if status == "Failed" else "was cancelled"
        raise OperationFailed(f"polling {word}: {wording.failure(json.dumps(look.body).encode())}")
    return status == "Succeeded"
