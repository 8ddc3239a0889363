"""Batches: up to a hundred JSON API calls in one multipart/mixed request."""

from __future__ import annotations

import http
import re
from typing import TYPE_CHECKING

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.google.failure import ApiError, invalid

if TYPE_CHECKING:
    from collections.abc import Callable

MARK = "batch_rehearsal"


def answer(request: Request, one: Callable[[Request], Answer]) -> Answer:
    """Each part's answer, in order; a part that is refused doesn't stop the others."""
    found = re.search(r'boundary="?([^";,]+)"?', request.headers.get("content-type", ""))
    if not found:
        raise invalid("Missing boundary in the Content-Type of a batch.")
    parts = []
    for piece in re.split(rb"\r?\n--" + re.escape(found[1].encode()), b"\r\n" + request.body)[1:]:
        if piece.startswith(b"--"):
            break
        head, inner = _halves(piece.lstrip(b"\r\n"))
        number = re.search(rb"(?i)content-id:\s*<?([^>\r\n]+)>?", head)
        parts.append(_part(number[1].decode() if number else "", _answered(request, inner, one)))
    body = b"".join(parts) + f"--{MARK}--\r\n".encode()
    return Answer(200, body, (("Content-Type", f"multipart/mixed; boundary={MARK}"),))


def _answered(request: Request, inner: bytes, one: Callable[[Request], Answer]) -> Answer:
    head, body = _halves(inner)
    first, *lines = head.decode().splitlines()
    method, target = first.split(" ")[:2]
    headers = {**request.headers, **{n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}}
    target = re.sub(r"^https?://[^/]+", "", target)
    try:
        return one(Request.of(method, request.host, target, headers, body))
    except ApiError as refused:
        return refused.answer()


def _part(number: str, got: Answer) -> bytes:
    lines = [f"--{MARK}", "Content-Type: application/http"]
    if number:
        lines.append(f"Content-ID: <response-{number}>")
    lines += ["", f"HTTP/1.1 {got.status} {http.HTTPStatus(got.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in got.headers]
    lines += [f"Content-Length: {len(got.body)}", "", ""]
    return "\r\n".join(lines).encode() + got.body + b"\r\n"


def _halves(piece: bytes) -> tuple[bytes, bytes]:
    head, _, rest = piece.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    return head, rest
