"""A session that stands for Google's: it notes what it is asked."""

from __future__ import annotations

from typing import Any


class Session:
    """Notes what it is asked, and answers everything alike."""

    def __init__(self, credentials: object, status: int = 200) -> None:
        self.credentials = credentials
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.status_code, self.ok, self.reason, self.headers = status, status < 400, "reason", {"Date": ""}

    def request(self, _: str, url: str, headers: dict[str, str] | None = None, **__: Any) -> Session:
        self.asked.append((url, headers or {}))
        return self

    def json(self) -> dict[str, Any]:
        return {"guestCpus": 8, "memoryMb": 1024}
