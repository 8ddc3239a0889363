"""The XML API's paths, `/bucket/object`: Go's client (Terraform's gcs backend) reads that way, scripts may write so.

https://cloud.google.com/storage/docs/xml-api/reference-methods
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.sax.saxutils import escape

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.google.storage import objects, preconditions
from embedded_cloud.google.storage.content import create
from embedded_cloud.google.storage.names import bucket

if TYPE_CHECKING:
    from embedded_cloud.store import Store

CODES = {401: "AuthenticationRequired", 403: "AccessDenied", 412: "PreconditionFailed"}
META = "x-goog-meta-"


def answer(store: Store, request: Request) -> Answer:
    """The answer for `/bucket/object`. Hold the store's lock around it."""
    home, _, rest = request.path.lstrip("/").partition("/")
    home, name = unquote(home), unquote(rest)
    query = {**request.query, **preconditions.from_headers(request.headers)}
    asked = Request(request.method, request.host, request.path, query, request.headers, request.body)
    try:
        return _answer(store, asked, home, name)
    except ApiError as refused:
        return refusal(refused)


def refusal(refused: ApiError) -> Answer:
    message = str(refused)
    code = CODES.get(refused.code, "InvalidArgument")
    if refused.code == 404:
        code = "NoSuchBucket" if "bucket does not" in message else "NoSuchKey"
    text = (
        f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    )
    return Answer.text(text, refused.code, "application/xml; charset=UTF-8")


def _answer(store: Store, request: Request, home: str, name: str) -> Answer:
    if not name:
        bucket(store, home)
        if request.method == "HEAD":
            return Answer()
        raise not_emulated(f"{request.method} {request.host}{request.path}: use the JSON API for buckets")
    if request.method in ("GET", "HEAD"):
        found = objects.find(store, request, home, name)
        preconditions.check(request.query, found, reading=True)
        return objects.media(store, request, found)
    if request.method == "PUT":
        given = {"contentType": request.headers.get("content-type") or "application/octet-stream"}
        named = {"cacheControl": "cache-control", "contentEncoding": "content-encoding"}
        given |= {field: request.headers[header] for field, header in named.items() if header in request.headers}
        metadata = {k.removeprefix(META): v for k, v in request.headers.items() if k.startswith(META)}
        body = {**given, "metadata": metadata} if metadata else dict(given)
        made = create(store, home, name, request.body, body, request.query)
        return Answer(200, b"", (("ETag", made["etag"]), ("X-Goog-Generation", made["generation"])))
    if request.method == "DELETE":
        objects.delete(store, request, home, name)
        return Answer(204)
    raise not_emulated(f"{request.method} {request.host}{request.path}")
