"""The last lines of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ProvisionError

if TYPE_CHECKING:
    from .process import Up


def closing_lines(up: Up, kept_in: str) -> list[str]:
    """What a user should know of the rehearsal at its end; `kept_in` says where its cloud lies."""
    try:
        machines = up.ask("GET", "/machines")["machines"]
        empty = up.ask("GET", "/leftovers")["empty"]
    except ProvisionError:
        return ["Rehearsed: nothing real was created."]
    kept = (
        "Its cloud is empty again."
        if empty
        else f"Its cloud is kept in {kept_in}; Destroy on the same env file ends it."
    )
    lines = [f"Rehearsed: nothing real was created. {kept}"]
    lines += [
        f"{machine['name']}: its notebook on this machine: {machine['loopback']}"
        for machine in machines
        if machine["loopback"]
    ]
    for machine in machines:
        lines += [f"{machine['name']}: recorded, not run: {command}" for command in machine["recorded"]]
    return lines
