"""Answers of Google Cloud's APIs, for rules of what goes wrong."""

from __future__ import annotations

from typing import Any


def api_error(status: int, message: str, reason: str = "forbidden") -> dict[str, Any]:
    return {"status": status, "body": {"error": {"code": status, "message": message, "errors": [{"reason": reason}]}}}
