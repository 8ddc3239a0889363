"""What a place of the product prints, rendered with values that the shell would take apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from tests.command_lines.texts import command_lines

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Case:
    """Texts that `module` prints; `values` are those that have to reach the program whole.

    `fixed` says that nothing in them is left for the user to fill in.
    """

    module: str
    texts: tuple[str, ...]
    values: tuple[str, ...] = ()
    fixed: bool = True
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", [line for text in self.texts for line in command_lines(text)])


def case(module: str, *texts: str, values: tuple[str, ...] = (), fixed: bool = True) -> Case:
    """A case of the module of that path below the product; a bare command stands in a line of its own."""
    return Case(f"cluster_provision/{module}", tuple(f"  {text}" for text in texts), values, fixed)


def thing(**parts: Any) -> Any:
    """Something with these parts and no others."""
    return SimpleNamespace(**parts)


def failed(call: Callable[[], object]) -> str:
    """The advice that a call ends with."""
    from cluster_provision.errors import ProvisionError

    try:
        call()
    except ProvisionError as failure:
        return f"{failure.message}\n{failure.advice}"
    raise AssertionError("it did not fail")
