"""Google's APIs by host: find the route, check the request, let the API answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Answer
from embedded_cloud.google import cloud_quotas, dashboards, discovery, fields, filestore, services
from embedded_cloud.google.access import iam, os_login, projects
from embedded_cloud.google.call import Call, Context, Slow
from embedded_cloud.google.compute import methods as compute
from embedded_cloud.google.container import methods as container
from embedded_cloud.google.failure import ApiError, not_emulated, switched_off
from embedded_cloud.google.validation import check_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.exchange import Request


# host -> first path segment -> the API's document, and who answers for it
APIS: dict[str, dict[str, tuple[str, Callable[[Call], Any]]]] = {
    "compute.googleapis.com": {"compute": ("compute.v1", compute.answer)},
    "www.googleapis.com": {"compute": ("compute.v1", compute.answer)},
    "iam.googleapis.com": {"v1": ("iam.v1", iam.answer)},
    "cloudresourcemanager.googleapis.com": {
        "v1": ("cloudresourcemanager.v1", projects.answer),
        "v3": ("cloudresourcemanager.v3", projects.answer),
    },
    "monitoring.googleapis.com": {"v1": ("monitoring.v1", dashboards.answer)},
    "file.googleapis.com": {"v1": ("file.v1", filestore.answer)},
    "cloudquotas.googleapis.com": {"v1": ("cloudquotas.v1", cloud_quotas.answer)},
    "oslogin.googleapis.com": {"v1": ("oslogin.v1", os_login.answer)},
    "serviceusage.googleapis.com": {"v1": ("serviceusage.v1", services.answer)},
    "container.googleapis.com": {"v1": ("container.v1", container.answer)},
}


def answer(context: Context, request: Request) -> Answer:
    """The API's answer; raises ApiError. The store's lock is held for the whole call."""
    segments = request.segments
    name, handler = APIS[request.host].get(segments[0], ("", None))
    if handler is None:
        raise not_emulated(f"{request.host}{request.path}")
    api = discovery.api(name)
    if tuple(segments[: len(api.prefix)]) != api.prefix:
        raise not_emulated(f"{request.host}{request.path}")
    segments = segments[len(api.prefix) :]
    method = api.route(request.method, segments)
    if method is None:
        raise ApiError(404, "notFound", f"The requested URL {request.path} was not found on this server.")
    try:
        body: Any = request.json()
    except ValueError:
        raise ApiError(400, "parseError", "Parse Error") from None
    if request.host in context.conditions.services_off:
        raise switched_off(request.host, _project(segments))
    check_request(api, method, dict(request.query), body)
    with context.store.lock:
        result: Any = handler(Call(context, api, method, request, tuple(segments), body))
    settle = None
    if isinstance(result, Slow):
        result, settle = result.result, result.settle
    done = Answer.json(fields.select(result, request.one("fields")))
    return Answer(done.status, done.body, done.headers, settle)


def _project(segments: list[str]) -> str:
    """The project that a path is about, empty where it is about none."""
    after = segments[segments.index("projects") + 1 :][:1] if "projects" in segments else []
    return after[0].partition(":")[0] if after else ""
