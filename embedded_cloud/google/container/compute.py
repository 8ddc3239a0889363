"""Kubernetes Engine's own calls of Compute Engine, as those of its service agent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Request
from embedded_cloud.google import discovery
from embedded_cloud.google.call import Call, Slow
from embedded_cloud.google.compute import methods
from embedded_cloud.google.validation import check_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.store import Body


def ask(call: Call, verb: str, path: str, body: Body | None = None, **query: str) -> Any:
    """The answer to `verb` `path` (`projects/p/...`); raises ApiError. Slow where it has to be waited for."""
    api = discovery.api("compute.v1")
    given = {name: [value] for name, value in query.items()}
    request = Request(verb, "compute.googleapis.com", f"/compute/v1/{path}", given, call.request.headers)
    segments = path.split("/")
    method = api.route(verb, segments)
    assert method is not None, path  # noqa: S101
    check_request(api, method, given, body or {})
    return methods.answer(Call(call.context, api, method, request, tuple(segments), body or {}))


def waits_of(answers: list[Any]) -> Callable[[], None] | None:
    """A function that waits for all of these answers; None where none has to be waited for."""
    waiting = [answer.settle for answer in answers if isinstance(answer, Slow)]

    def settle() -> None:
        for each in waiting:
            each()

    return settle if waiting else None
