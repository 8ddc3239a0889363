"""Cloud Storage by path: the JSON API (`/storage/v1/b/…`), its uploads and downloads, batches, the XML API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.google import fields
from embedded_cloud.google.access.grants import check_object
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.google.storage import access, batch, buckets, objects, xml
from embedded_cloud.google.storage.preconditions import NotModified
from embedded_cloud.google.storage.uploads import Uploads

if TYPE_CHECKING:
    from embedded_cloud.store import Store

PREFIXES = (("storage", "v1"), ("download", "storage", "v1"))


class Storage:
    """All of Cloud Storage over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._uploads = Uploads(store)

    def answer(self, request: Request) -> Answer:
        """The API's answer; raises ApiError."""
        segments = request.segments
        try:
            with self._store.lock:
                return self._route(request, segments)
        except NotModified:
            return Answer(304)
        except ValueError:
            raise ApiError(400, "parseError", "Parse Error") from None

    def _route(self, request: Request, segments: list[str]) -> Answer:
        for bucket, permission, name in access.needed(self._store, request, segments):
            check_object(self._store, request, bucket, permission, name)
        for prefix in PREFIXES:
            if tuple(segments[: len(prefix)]) == prefix:
                result = self._json(request, segments[len(prefix) :])
                if isinstance(result, Answer):
                    return result
                return Answer(204) if result is None else Answer.json(fields.select(result, request.one("fields")))
        if segments[:4] == ["upload", "storage", "v1", "b"] and len(segments) == 6:
            return self._uploads.answer(request, segments[4])
        if segments[0] == "batch":
            return batch.answer(request, self.answer)
        return xml.answer(self._store, request)

    def _json(self, request: Request, segments: list[str]) -> Any:  # noqa: PLR0911 one line a method
        store, verb = self._store, request.method
        match (verb, *segments):
            case ("GET", "b"):
                return buckets.listing(store, request)
            case ("POST", "b"):
                return buckets.insert(store, request, request.json())
            case ("GET", "b", name):
                return buckets.get(store, request, name)
            case ("PATCH", "b", name):
                return buckets.patch(store, request, name, request.json())
            case ("PUT", "b", name):
                return buckets.update(store, request, name, request.json())
            case ("DELETE", "b", name):
                return buckets.delete(store, request, name)
            case ("GET", "b", name, "iam"):
                return buckets.get_policy(store, request, name)
            case ("PUT", "b", name, "iam"):
                return buckets.set_policy(store, name, request.json())
            case ("GET", "b", name, "iam", "testPermissions"):
                return buckets.test_permissions(store, request, name)
            case ("GET", "b", name, "o"):
                return objects.listing(store, request, name)
            case (_, "b", name, "o", *rest) if rest:
                return self._object(request, name, rest)
            case ("GET", "projects", project, "serviceAccount"):
                mail = f"service-{project_number(project)}@gs-project-accounts.iam.gserviceaccount.com"
                return {"kind": "storage#serviceAccount", "email_address": mail}
        raise not_emulated(f"{verb} {request.host}{request.path}")

    def _object(self, request: Request, home: str, rest: list[str]) -> Any:
        store = self._store
        match (request.method, *rest):
            case ("GET", name):
                return objects.get(store, request, home, name)
            case ("PATCH", name):
                return objects.patch(store, request, home, name, request.json())
            case ("PUT", name):
                return objects.update(store, request, home, name, request.json())
            case ("DELETE", name):
                return objects.delete(store, request, home, name)
        raise not_emulated(f"{request.method} {request.host}{request.path}")
