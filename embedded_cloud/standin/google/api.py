"""Calls of Google's APIs."""

from __future__ import annotations

import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.google import credentials, wording
from embedded_cloud.standin.https import ApiError, Https

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLL: Final = (0.1, 1.0)  # seconds between two looks at an operation: at first, at most
_BACK_OFF: Final = (0.5, 10.0)  # seconds before a call is repeated: at first, at most
_AGAIN: Final = (429, 500, 502, 503)  # what the provider repeats until its time is up


class OperationFailed(Exception):
    """An operation ended with an error, or not in time; `waited` is whether it was still running at first sight."""

    def __init__(self, cause: str, *, waited: bool) -> None:
        self.waited = waited
        super().__init__(cause)


class Interrupted(OperationFailed):
    """Terraform stopped the provider while it waited for this operation."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        cause = "error while retrieving operation: unable to finish polling, context has been cancelled"
        super().__init__(cause, waited=True)


class Api(Https):
    """One plugin process's way to the APIs, with one token."""

    def __init__(self, stopped: threading.Event) -> None:
        super().__init__(stopped)
        self._token_lock = threading.Lock()
        self._token: str | None = None

    def call(
        self, verb: str, url: str, body: Any = None, minutes: float = 20, final: tuple[int, ...] = ()
    ) -> dict[str, Any]:
        """The answer's object. `url` is without https://. Repeats what the provider repeats, for so many minutes, but
        for the statuses that are `final`.

        Raises ApiError.
        """
        sent = None if body is None else json.dumps(body).encode()
        until, pause = time.monotonic() + minutes * 60, _BACK_OFF[0]
        while True:
            try:
                headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._bearer()}"}
                status, answer, _ = self.exchange(verb, f"https://{url}", sent, headers)
            except (OSError, credentials.Refused) as failed:
                raise ApiError(0, f'{verb.capitalize()} "https://{url}": {failed}') from failed
            if status < 300:
                got = json.loads(answer) if answer else {}
                return got if isinstance(got, dict) else {}
            if status not in _AGAIN or status in final or time.monotonic() + pause > until or self.stopped.wait(pause):
                raise ApiError(status, wording.answer_error(status, answer))
            pause = min(pause * 2, _BACK_OFF[1])

    def finish(self, operation: dict[str, Any], minutes: float, root: str = "") -> None:
        """Wait for a Compute operation, or for one of google.longrunning, whose API lies at `root`.

        Raises OperationFailed or Interrupted.
        """
        if root:
            return self._finish_longrunning(operation, minutes, root)
        until, pause, waited = time.monotonic() + minutes * 60, _POLL[0], False
        while operation.get("status") != "DONE":
            if time.monotonic() > until:
                state, limit = operation.get("status"), wording.duration(minutes)
                cause = f"timeout while waiting for state to become 'DONE' (last state: '{state}', timeout: {limit})"
                raise OperationFailed(cause, waited=True)
            if self.stopped.wait(pause):
                raise Interrupted(operation["name"])
            pause, waited = min(pause * 2, _POLL[1]), True
            try:
                operation = self.call("GET", operation["selfLink"].removeprefix("https://"))
            except ApiError as refused:
                raise OperationFailed(f"error while retrieving operation: {refused}", waited=True) from None
        if failed := operation.get("error"):
            raise OperationFailed(wording.operation_error(failed), waited=waited)
        return None

    def _finish_longrunning(self, operation: dict[str, Any], minutes: float, root: str) -> None:
        waited = False
        for _ in self.ticks(minutes):
            if operation.get("done") or not operation.get("name"):
                break
            waited = True
            try:
                operation = self.call("GET", f"{root}/{operation['name']}")
            except ApiError as refused:
                raise OperationFailed(f"error while retrieving operation: {refused}", waited=True) from None
        else:
            if self.stopped.is_set():
                raise Interrupted(operation["name"])
            limit = wording.duration(minutes)
            cause = (
                f"timeout while waiting for state to become 'done: true' (last state: 'done: false', timeout: {limit})"
            )
            raise OperationFailed(cause, waited=True)
        if failed := operation.get("error"):
            text = f"Error code {failed.get('code', 0)}, message: {failed.get('message', '')}"
            raise OperationFailed(text, waited=waited)

    def ticks(self, minutes: float) -> Iterator[None]:
        """At once, and then at growing distances until so many minutes are over or the provider is stopped."""
        until, pause = time.monotonic() + minutes * 60, _POLL[0]
        yield
        while time.monotonic() < until and not self.stopped.wait(pause):
            yield
            pause = min(pause * 2, _POLL[1])

    def _bearer(self) -> str:
        with self._token_lock:
            if self._token is None:
                self._token = credentials.token(os.environ, self.exchange)
            return self._token
