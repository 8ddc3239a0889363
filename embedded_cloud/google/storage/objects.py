"""Objects: read, listed, changed, deleted."""

from __future__ import annotations

import fnmatch
import re
import time
from typing import TYPE_CHECKING

from embedded_cloud.exchange import Answer
from embedded_cloud.google.discovery import api
from embedded_cloud.google.pages import page
from embedded_cloud.google.storage import preconditions
from embedded_cloud.google.storage.buckets import etag
from embedded_cloud.google.storage.content import SETTABLE, read, retire
from embedded_cloud.google.storage.names import archived, bucket, live, no_object
from embedded_cloud.google.validation import check
from embedded_cloud.merging import merged
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def find(store: Store, request: Request, home: str, name: str) -> Body:
    """The live object, or the version that the query names. Raises ApiError (404)."""
    bucket(store, home)
    found = store.get(live(home), name)
    wanted = request.one("generation")
    if wanted and (found is None or found["generation"] != wanted):
        found = store.get(archived(home), f"{name}#{wanted}")
    if found is None:
        raise no_object(home, name)
    return found


def get(store: Store, request: Request, home: str, name: str) -> Answer | Body:
    found = find(store, request, home, name)
    preconditions.check(request.query, found, reading=True)
    return media(store, request, found) if request.one("alt") == "media" else found


def media(store: Store, request: Request, found: Body) -> Answer:
    """The content, or the range of it that is asked for."""
    data = read(store, found)
    headers = [
        ("Content-Type", found["contentType"]),
        ("ETag", found["etag"]),
        ("Accept-Ranges", "bytes"),
        ("X-Goog-Generation", found["generation"]),
        ("X-Goog-Metageneration", found["metageneration"]),
        ("X-Goog-Hash", f"crc32c={found['crc32c']},md5={found['md5Hash']}"),
        ("X-Goog-Storage-Class", found["storageClass"]),
        ("X-Goog-Stored-Content-Encoding", found.get("contentEncoding", "identity")),
        ("X-Goog-Stored-Content-Length", found["size"]),
        ("Last-Modified", _http_date(found["updated"])),
    ]
    named = {"cacheControl": "Cache-Control", "contentEncoding": "Content-Encoding"}
    named |= {"contentDisposition": "Content-Disposition", "contentLanguage": "Content-Language"}
    headers += [(header, found[field]) for field, header in named.items() if field in found]
    headers += [(f"X-Goog-Meta-{key}", value) for key, value in found.get("metadata", {}).items()]
    asked = RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if not asked or not any(asked.groups()):
        return Answer(200, data, tuple(headers))
    start, end = _span(asked[1], asked[2], len(data))
    if start >= len(data):
        return Answer(416, b"", (*headers, ("Content-Range", f"bytes */{len(data)}")))
    headers.append(("Content-Range", f"bytes {start}-{end}/{len(data)}"))
    return Answer(206, data[start : end + 1], tuple(headers))


def listing(store: Store, request: Request, home: str) -> Body:
    """One page: objects under `prefix`, what lies behind `delimiter` folded into `prefixes`."""
    bucket(store, home)
    prefix, delimiter = request.one("prefix"), request.one("delimiter")
    first, last, glob = request.one("startOffset"), request.one("endOffset"), request.one("matchGlob")
    rows = list(store.each(live(home)).values())
    if request.one("versions").lower() == "true":
        rows += store.each(archived(home)).values()
    entries: dict[str, Body | None] = {}
    for body in rows:
        name = body["name"]
        if not name.startswith(prefix) or (first and name < first) or (last and name >= last):
            continue
        if glob and not fnmatch.fnmatchcase(name, glob.replace("**", "*")):
            continue
        cut = name.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0:
            entries[f"{name}\0{body['generation']}"] = body
            continue
        entries[name[: cut + len(delimiter)]] = None
        if request.one("includeTrailingDelimiter").lower() == "true" and cut + len(delimiter) == len(name):
            entries[f"{name}\0{body['generation']}"] = body
    keyed = [(key, (key, entries[key])) for key in sorted(entries)]
    found, following = page(keyed, request.one("maxResults"), request.one("pageToken"), most=1000)
    answer: Body = {"kind": "storage#objects"}
    if items := [body for _, body in found if body is not None]:
        answer["items"] = items
    if prefixes := [key for key, body in found if body is None]:
        answer["prefixes"] = prefixes
    return {**answer, "nextPageToken": following} if following else answer


def patch(store: Store, request: Request, home: str, name: str, given: Body) -> Body:
    """Merge into what may be set: null removes."""
    found = find(store, request, home, name)
    preconditions.check(request.query, found)
    check(api("storage.v1"), {"$ref": "Object"}, given, "", "storage.objects.patch")
    return _changed(store, found, merged(found, {k: v for k, v in given.items() if k in SETTABLE}))


def update(store: Store, request: Request, home: str, name: str, given: Body) -> Body:
    found = find(store, request, home, name)
    preconditions.check(request.query, found)
    check(api("storage.v1"), {"$ref": "Object"}, given, "", "storage.objects.update")
    kept = {k: v for k, v in found.items() if k not in SETTABLE or k == "storageClass"}
    return _changed(store, found, {**kept, **{k: v for k, v in given.items() if k in SETTABLE and v is not None}})


def delete(store: Store, request: Request, home: str, name: str) -> None:
    found = find(store, request, home, name)
    preconditions.check(request.query, found)
    if request.one("generation"):
        store.delete(archived(home), f"{name}#{found['generation']}")
        if (present := store.get(live(home), name)) is not None and present["generation"] == found["generation"]:
            store.delete(live(home), name)
        store.drop_content(found["generation"])
    else:
        retire(store, found)


def _changed(store: Store, old: Body, body: Body) -> Body:
    body["metageneration"] = str(int(old["metageneration"]) + 1)
    body["etag"] = etag(old["generation"], body["metageneration"])
    body["updated"] = zulu()
    present = store.get(live(old["bucket"]), old["name"])
    if present is not None and present["generation"] == old["generation"]:
        return store.put(live(old["bucket"]), old["name"], body)
    return store.put(archived(old["bucket"]), f"{old['name']}#{old['generation']}", body)


def _span(start: str, end: str, size: int) -> tuple[int, int]:
    if not start:
        return max(0, size - int(end)), size - 1
    return int(start), min(int(end) if end else size - 1, size - 1)


def _http_date(when: str) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.strptime(when[:19], "%Y-%m-%dT%H:%M:%S"))
