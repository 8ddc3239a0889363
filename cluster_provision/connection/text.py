"""The last lines that a user sees: where the state is, and how to connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.templates import rendered

if TYPE_CHECKING:
    from cluster_provision.result import Result


def connection_text(result: Result) -> str:
    """The connection text of a created cluster; users' scripts read its "node:url" lines."""
    return rendered("connection.txt.j2", result=result).rstrip()
