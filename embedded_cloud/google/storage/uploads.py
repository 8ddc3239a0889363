"""Uploads in their three kinds: media, multipart, resumable.

https://cloud.google.com/storage/docs/uploads-downloads
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from embedded_cloud.exchange import Answer
from embedded_cloud.google.discovery import api
from embedded_cloud.google.failure import ApiError, invalid
from embedded_cloud.google.storage import preconditions
from embedded_cloud.google.storage.content import create
from embedded_cloud.google.storage.names import bucket, live
from embedded_cloud.google.validation import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass
class _Session:
    """A resumable upload under way."""

    bucket: str
    name: str
    given: Body
    query: Mapping[str, list[str]]
    data: bytearray = field(default_factory=bytearray)
    done: Body | None = None


class Uploads:
    """Sessions are kept until the cloud ends. Clients begin an interrupted upload anew."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sessions: dict[str, _Session] = {}

    def answer(self, request: Request, home: str) -> Answer:
        """A request to /upload/storage/v1/b/<home>/o; raises ApiError. Hold the store's lock around it."""
        kind = request.one("uploadType")
        if request.one("upload_id"):
            return self._go_on(request, request.one("upload_id"))
        bucket(self._store, home)
        if kind == "media":
            name, given = request.one("name"), {"contentType": _type(request)}
            given |= _hashes(request)
            return Answer.json(create(self._store, home, name, request.body, given, request.query))
        if kind == "multipart":
            given, data = _parts(request)
            name = str(given.get("name") or request.one("name"))
            return Answer.json(create(self._store, home, name, data, given, request.query))
        if kind == "resumable":
            return self._begin(request, home)
        raise invalid(f"Invalid upload request: uploadType '{kind}' is not media, multipart or resumable.")

    def _begin(self, request: Request, home: str) -> Answer:
        given = _described(request.body)
        name = str(given.get("name") or request.one("name"))
        if not name:
            raise ApiError(400, "required", "Required parameter: name")
        preconditions.check(request.query, self._store.get(live(home), name))
        if "x-upload-content-type" in request.headers:
            given.setdefault("contentType", request.headers["x-upload-content-type"])
        number = secrets.token_urlsafe(24)
        self._sessions[number] = _Session(home, name, {**given, **_hashes(request)}, request.query)
        where = f"https://{request.host}/upload/storage/v1/b/{home}/o?uploadType=resumable&upload_id={quote(number)}"
        return Answer.json({}, 200, ("Location", where), ("X-GUploader-UploadID", number))

    def _go_on(self, request: Request, number: str) -> Answer:
        session = self._sessions.get(number)
        if session is None:
            raise ApiError(404, "notFound", "Upload session not found.")
        if request.method == "DELETE":
            del self._sessions[number]
            return Answer(499)
        if session.done is not None:
            return Answer.json(session.done)
        asked = CONTENT_RANGE.fullmatch(request.headers.get("content-range", "").strip())
        start, total = 0, str(len(request.body))
        if asked:
            start, total = int(asked[1]) if asked[1] else len(session.data), asked[3]
        if asked is None or asked[1]:
            if start > len(session.data):
                raise ApiError(503, "backendError", "Invalid request. The bytes before these have not come.")
            session.data[start:] = request.body
        if total == "*" or len(session.data) < int(total):
            return _more(request, len(session.data))
        session.given |= _hashes(request)
        made = create(self._store, session.bucket, session.name, bytes(session.data), session.given, session.query)
        session.done, session.data = made, bytearray()
        return Answer.json(made)


def object_of(request: Request) -> str:
    """The name of the object that an upload's first request is about. Raises ApiError for a body that can't be read."""
    kind = request.one("uploadType")
    given = _parts(request)[0] if kind == "multipart" else _described(request.body) if kind == "resumable" else {}
    return str(given.get("name") or request.one("name"))


def _more(request: Request, have: int) -> Answer:
    """Ask for the missing bytes. Go's client can't read a 308, and says so in a header."""
    headers = [("Range", f"bytes=0-{have - 1}")] if have else []
    if request.headers.get("x-guploader-no-308") == "yes":
        return Answer(200, b"", (*headers, ("X-Http-Status-Code-Override", "308")))
    return Answer(308, b"", tuple(headers))


def _parts(request: Request) -> tuple[Body, bytes]:
    """The description and the content of a multipart/related body."""
    found = re.search(r'boundary="?([^";,]+)"?', request.headers.get("content-type", ""))
    if not found:
        raise invalid("Missing boundary in the Content-Type of a multipart upload.")
    mark = b"--" + found[1].encode()
    pieces = (b"\r\n" + request.body).split(b"\r\n" + mark)
    if len(pieces) < 4:
        raise invalid("Malformed multipart body.")
    first = pieces[1].partition(b"\r\n\r\n")[2]
    head, _, content = pieces[2].partition(b"\r\n\r\n")
    given = _described(first)
    kind = re.search(rb"(?i)^content-type:\s*(\S.*?)\s*$", head, re.MULTILINE)
    if kind:
        given.setdefault("contentType", kind[1].decode())
    return given, content


def _described(raw: bytes) -> Body:
    try:
        given = json.loads(raw) if raw.strip() else {}
    except ValueError:
        raise ApiError(400, "parseError", "Parse Error") from None
    check(api("storage.v1"), {"$ref": "Object"}, given, "", "storage.objects.insert")
    return dict(given)


def _hashes(request: Request) -> Body:
    """The checksums that the client sends along."""
    out = {}
    for part in request.headers.get("x-goog-hash", "").split(","):
        kind, _, value = part.strip().partition("=")
        if kind in ("crc32c", "md5"):
            out["md5Hash" if kind == "md5" else "crc32c"] = value
    return out


def _type(request: Request) -> str:
    return request.headers.get("content-type") or "application/octet-stream"
