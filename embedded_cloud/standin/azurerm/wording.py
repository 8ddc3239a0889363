"""Errors in the provider's words: those of hashicorp/go-azure-sdk, sdk/client and sdk/client/resourcemanager."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any


def refusal(status: int, answer: bytes) -> str:
    """The error in an answer, in the provider's words."""
    reason = next((each.phrase for each in HTTPStatus if each == status), "")
    shown = f"{status} ({status} {reason})"
    error = _error(answer)
    if error:
        return f"unexpected status {shown} with error: {_told(error)}"
    if not answer:
        return f"unexpected status {shown} received with no body"
    return f"unexpected status {shown} with response: {answer.decode(errors='replace')}"


def failure(answer: bytes) -> str:
    """The error of a failed operation, in the provider's words; its code is in Status."""
    error = _error(answer) or {}
    whole = json.loads(answer)
    if whole.get("id"):  # the operation's own shape: its status and its error's code each in its place
        return _failed(whole.get("status", ""), error.get("code", ""), str(error.get("message", "")), answer)
    details = [each for each in error.get("details") or () if isinstance(each, dict)]
    messages = [str(error.get("message", "")), *(str(each.get("message", "")) for each in details)]
    code = str(details[-1].get("code", "")) if details else ""
    return _failed(error.get("code", ""), code, "\n".join(messages), answer)


def _failed(status: str, code: str, message: str, answer: bytes) -> str:
    status, code, message = (json.dumps(each, ensure_ascii=False) for each in (status, code, message))
    return (
        "the Azure API returned the following error:\n\n"
        f'Status: {status}\nCode: {code}\nMessage: {message}\nActivity Id: ""\n\n---\n\nAPI Response:\n\n'
        f"----[start]----\n{answer.decode(errors='replace')}\n-----[end]-----\n"
    )


def exists(kind: str, identifier: str) -> str:
    """A resource that is to be made is there already."""
    return (
        f"a resource with the ID {json.dumps(identifier)} already exists - to be managed via Terraform this resource "
        "needs to be imported into the State. Please see the resource documentation for "
        f"{json.dumps(kind)} for more information"
    )


def association_exists(kind: str, one: str, other: str) -> str:
    """The same for an association."""
    return (
        f"an association between {json.dumps(one)} and {json.dumps(other)} already exists - to be managed via "
        "Terraform this association needs to be imported into the State. Please see the resource documentation for "
        f"{json.dumps(kind)} for more information"
    )


def _error(answer: bytes) -> dict[str, Any] | None:
    """The error in an answer; None where it has none."""
    try:
        given = json.loads(answer)
    except ValueError:
        return None
    found = given.get("error") if isinstance(given, dict) else None
    return found if isinstance(found, dict) and found.get("message") else None


def _told(error: dict[str, Any]) -> str:
    told = [str(error[name]) for name in ("code", "message") if error.get(name)]
    inner = error.get("innererror") or error.get("innerError")
    return ": ".join([*told, _told(inner)] if isinstance(inner, dict) and inner else told)
