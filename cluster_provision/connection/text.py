"""The last lines that a user sees: where the state is, and how to connect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jinja2

from cluster_provision.terraform.workspace import TEMPLATES

if TYPE_CHECKING:
    from cluster_provision.result import Result


def connection_text(result: Result) -> str:
    """The connection text of a created cluster; users' scripts read its "node:url" lines."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text for a terminal
    )
    return environment.get_template("connection.txt.j2").render(result=result).rstrip()
