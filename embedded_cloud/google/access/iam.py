"""Identity and Access Management: service accounts and custom roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access import custom_roles, service_accounts

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    if call.method.id.startswith(custom_roles.PREFIX):
        return custom_roles.answer(call)
    return service_accounts.answer(call)
