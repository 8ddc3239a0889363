"""The Jinja templates beside this file: Terraform's variables and backend, and the connection text."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def rendered(template: str, filters: Mapping[str, Callable[[Any], str]] | None = None, **values: Any) -> str:
    """Render the template of that name with these values; an undefined one is an error."""
    environment = _environment()
    environment.filters.update(filters or {})
    return environment.get_template(template).render(values)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - plain text, and HCL, which the `hcl` filter escapes for
    )
