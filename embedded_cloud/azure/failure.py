"""How Resource Manager refuses: `{"error": {"code", "message"}}`, in the words of real answers.

Texts: public reports of the real ones, the most in https://github.com/hashicorp/terraform-provider-azurerm/issues
(read 2026-11-22).
"""

from __future__ import annotations

from typing import Any

from embedded_cloud.exchange import Answer
from embedded_cloud.failure import Refused


class ArmError(Refused):
    """A refusal with HTTP status `status`; `code` is the word that clients tell errors apart by."""

    def __init__(self, status: int, code: str, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or []

    @property
    def error(self) -> dict[str, Any]:
        """The error's object, as answers and operations hold it."""
        return {"code": self.code, "message": self.message, **({"details": self.details} if self.details else {})}

    def answer(self) -> Answer:
        return Answer.json({"error": self.error}, self.status, ("x-ms-failure-cause", "gateway"))


def invalid(message: str, code: str = "InvalidParameter") -> ArmError:
    return ArmError(400, code, message)


def not_emulated(what: str) -> ArmError:
    """A refusal of what the embedded cloud can't do: it never pretends."""
    return ArmError(501, "NotImplemented", f"the embedded cloud of this rehearsal does not know {what}")
