"""Errors in the provider's words: readers of Terraform's output tell quota, stock-out and permission apart by them."""

from __future__ import annotations

import json
from typing import Any


def answer_error(status: int, answer: bytes) -> str:
    """An API's error answer as Go's google.golang.org/api/googleapi prints it."""
    try:
        given = json.loads(answer)["error"]
        message, errors, details = given.get("message", ""), given.get("errors", []), given.get("details")
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"googleapi: got HTTP response code {status} with body: {answer.decode(errors='replace')}"
    text = f"googleapi: Error {status}: {message}"
    if details:
        text += f"\nDetails:\n{json.dumps(details, indent=2)}\n"
    if not errors:
        return text.strip()
    if len(errors) == 1 and errors[0].get("message") == message:
        return f"{text}, {errors[0].get('reason')}"
    return (
        text
        + "\nMore details:\n"
        + "".join(f"Reason: {e.get('reason')}, Message: {e.get('message')}\n" for e in errors)
    )


def operation_error(failed: dict[str, Any]) -> str:
    """A Compute operation's error as google/services/compute/compute_operation.go prints it."""
    text = ""
    for each in failed.get("errors", ()):
        text += f"{each.get('message', '')}\n"
        details = each.get("errorDetails", ())
        if each.get("code") == "QUOTA_EXCEEDED":
            text += _quota(next((detail["quotaInfo"] for detail in details if "quotaInfo" in detail), {}))
        if message := next((d["localizedMessage"]["message"] for d in details if "localizedMessage" in d), ""):
            text += f"\n\n{message}\n"
        if link := next((d["help"]["links"][0] for d in details if d.get("help", {}).get("links")), None):
            text += f"\n\n{link.get('description', '')}\n{link.get('url', '')}\n"
    return text


def _quota(given: dict[str, Any]) -> str:
    shown = (("metricName", "metric name"), ("limitName", "limit name"), ("limit", "limit"))
    text = "".join(f"\t{words} = {given[name]}\n" for name, words in shown if given.get(name))
    if dimensions := given.get("dimensions"):
        text += f"\tdimensions = map[{' '.join(f'{key}:{value}' for key, value in sorted(dimensions.items()))}]\n"
    return text


def duration(minutes: float) -> str:
    """A time as Go prints it: 20m0s, 1h30m0s."""
    seconds = round(minutes * 60)
    hours, rest = divmod(seconds, 3600)
    return f"{f'{hours}h' if hours else ''}{rest // 60}m{rest % 60}s" if seconds >= 60 else f"{seconds}s"
