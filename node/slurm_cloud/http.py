"""Calls of the cloud's services, with the machine's own identity."""

from __future__ import annotations

import http.client
import json
import os
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")
SECONDS = 60
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
# No proxy can answer for the metadata server, and Azure's refuses what came through one.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


# "Rate Limit Exceeded" has status 403 on Google Cloud: https://cloud.google.com/compute/docs/api/errors
_TOO_FAST = ("rateLimitExceeded", "userRateLimitExceeded")


class CallFailed(Exception):
    """A call that was refused, or had no answer (`status` 0). `code` is the cloud's own word for why.

    `retry_after` are the seconds for which the cloud asks to be left alone, 0 where it doesn't say.
    """

    def __init__(self, what: str, status: int, code: str = "", message: str = "", *, retry_after: float = 0.0) -> None:
        super().__init__(f"{what}: {f'HTTP {status}' if status else 'no answer'} {code} {message}".rstrip())
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    @property
    def is_busy(self) -> bool:
        """Whether it says nothing of what was asked for: the same call may go well later. So is a token that is not
        taken, which is new each time."""
        return self.status in (0, 401, 408, 429) or self.status >= 500 or self.code in _TOO_FAST


@dataclass(frozen=True)
class Reply:
    """An answer, whatever its status. `headers` have small letters."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        return json.loads(self.body or b"null")


def send(
    method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None, *, direct: bool = False
) -> Reply:
    """Send a request, and return its answer. Raises CallFailed where there is none."""
    return _answer(method, url, dict(headers or {}), body, _DIRECT if direct else urllib.request.build_opener())


def send_file(method: str, url: str, headers: Mapping[str, str], path: str) -> Reply:
    """Send a file piece by piece. Raises OSError where it can't be read."""
    with open(path, "rb") as file:
        length = {"Content-Length": str(os.fstat(file.fileno()).st_size)}
        return _answer(method, url, {**headers, **length}, file, urllib.request.build_opener())


def _answer(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes | BinaryIO | None,
    opener: urllib.request.OpenerDirector,
) -> Reply:
    request = urllib.request.Request(url, data=body, headers=headers, method=method)  # noqa: S310
    try:
        try:
            answer = opener.open(request, timeout=SECONDS)
        except urllib.error.HTTPError as refusal:
            answer = refusal  # which is an answer too
        with answer:
            return Reply(answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()})
    except (OSError, http.client.HTTPException) as failure:  # an answer that is cut off, or none of HTTP's
        raise CallFailed(f"{method} {_shown(url)}", 0, message=str(failure)) from failure


def failure_of(what: str, url: str, reply: Reply) -> CallFailed:
    """What an answer says of its refusal: JSON of Google or Azure, else the beginning of its text."""
    try:
        error = reply.json()["error"]
        first = (error.get("errors") or [{}])[0]
        code = error.get("code") if isinstance(error.get("code"), str) else first.get("reason", "")
        message = str(error.get("message", ""))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        code, message = "", " ".join(reply.body[:300].decode(errors="replace").split())
    return CallFailed(f"{what} {_shown(url)}", reply.status, str(code), message, retry_after=_retry_after(reply))


def patiently(seconds: float, call: Callable[[], T], longest: float = LONGEST_PAUSE) -> T:
    """Call until it succeeds, with pauses that grow up to `longest` seconds, and none shorter than the cloud asks for;
    after so many seconds its failure is raised."""
    deadline, pause = time.monotonic() + seconds, FIRST_PAUSE
    while True:
        try:
            return call()
        except CallFailed as failure:
            asked = failure.retry_after
            if time.monotonic() + asked >= deadline:
                raise
        time.sleep(asked + pause * random.uniform(0.5, 1))  # noqa: S311
        pause = min(pause * 2, longest)


def _retry_after(reply: Reply) -> float:
    """Seconds, which the header has as a number or as a date (RFC 9110, 10.2.3); 0 where it says nothing."""
    told = reply.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, TypeError):  # Python 3.9 raises TypeError for what is no date
        return 0.0


def _shown(url: str) -> str:
    return url.partition("?")[0]
