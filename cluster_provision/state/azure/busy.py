"""Blob storage that answers "too many requests" is asked again; azure-storage-blob repeats servers' errors alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.core.pipeline.policies import HTTPPolicy

TOO_MANY = 429
TRIES = 5
LONGEST_SECONDS = 8.0


def repeat_when_busy() -> HTTPPolicy[Any, Any]:
    """A policy for a client's pipeline: the same request again after the seconds that the answer names, or a few."""
    from azure.core.pipeline.policies import HTTPPolicy

    class RepeatWhenBusy(HTTPPolicy[Any, Any]):
        def send(self, request: Any) -> Any:
            body: Any = getattr(request.http_request, "body", None)
            start = body.tell() if hasattr(body, "tell") and hasattr(body, "seek") else None
            answer = self.next.send(request)
            for tried in range(TRIES):
                if answer.http_response.status_code != TOO_MANY:
                    break
                time.sleep(_pause(answer.http_response.headers.get("Retry-After", ""), tried))
                if body is not None and start is not None:
                    body.seek(start)
                answer = self.next.send(request)
            return answer

    return RepeatWhenBusy()


def _pause(told: str, tried: int) -> float:
    seconds = float(told) if told.isdecimal() else 0.5 * 2**tried
    return min(seconds, LONGEST_SECONDS)
