"""A session that gives the same answer to every call."""

from __future__ import annotations

import json
from typing import Any

from requests import Response


class Answers:
    """What `clouds/` stands on, without a cloud."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = answer

    def request(self, *_: Any, **__: Any) -> Response:
        told = Response()
        told.status_code = 200
        told._content = json.dumps(self._answer).encode()
        return told
