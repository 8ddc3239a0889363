"""What the documents and the schema say alike of a parameter's values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.choices import Choice

if TYPE_CHECKING:
    from cluster_provision.settings.parameter import Parameter


def later_values(parameter: Parameter) -> tuple[tuple[str, str], ...]:
    """The values of a choice that this version doesn't build, each with what to do instead."""
    reader = parameter.declaration.reader
    return tuple(reader.later.items()) if isinstance(reader, Choice) else ()


def default_of(parameter: Parameter) -> str:
    """The parameter's default in words, as the documents have it."""
    declaration = parameter.declaration
    if declaration.mandatory:
        return "none: it must be set"
    return declaration.default_text or declaration.reader.show(declaration.default) or "unset"
