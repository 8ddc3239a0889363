"""How Google's APIs refuse: the JSON body of an error answer, in the real shape."""

from __future__ import annotations

from typing import Any

from embedded_cloud.exchange import Answer
from embedded_cloud.failure import Refused

# The canonical status of an HTTP code, https://cloud.google.com/apis/design/errors.
STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class ApiError(Refused):
    """A refusal of one of Google's APIs: `reason` is the short word that clients print after the message."""

    def __init__(self, code: int, reason: str, message: str, status: str = "", **more: Any) -> None:
        super().__init__(message)
        self.code = code
        one = {"message": message, "domain": "global", "reason": reason, **more}
        self.body = {
            "error": {
                "code": code,
                "message": message,
                "errors": [one],
                "status": status or STATUS.get(code, "UNKNOWN"),
            }
        }

    def answer(self) -> Answer:
        return Answer.json(self.body, self.code)


def not_found(path: str) -> ApiError:
    """`path` is the resource's, from `projects/` on."""
    return ApiError(404, "notFound", f"The resource '{path}' was not found")


def already_exists(path: str) -> ApiError:
    return ApiError(409, "alreadyExists", f"The resource '{path}' already exists")


def invalid(message: str) -> ApiError:
    return ApiError(400, "invalid", message)


def switched_off(service: str, project: str) -> ApiError:
    """The service (its full name) was never switched on in the project, or is off again."""
    enable = f"https://console.developers.google.com/apis/api/{service}/overview?project={project}"
    error = ApiError(
        403,
        "accessNotConfigured",
        f"{service} has not been used in project {project} before or it is disabled. Enable it by visiting {enable} "
        "then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems "
        "and retry.",
    )
    error.body["error"]["details"] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": service, "consumer": f"projects/{project}"},
        }
    ]
    return error


def not_emulated(what: str) -> ApiError:
    """A refusal of what the embedded cloud can't do: it never pretends."""
    return ApiError(501, "notImplemented", f"the embedded cloud of this rehearsal does not know {what}")
