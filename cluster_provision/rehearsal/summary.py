"""The last lines of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.errors import ProvisionError
from cluster_provision.rehearsal.existing_resources import is_azure, is_existing, text_of
from embedded_cloud.engine.names import RECORDED_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.rehearsal.process import Up

NOBODY_ANSWERS = "REHEARSE=plan only plays the machines, so nobody answers there by SSH; REHEARSE=yes boots them."
NOTHING_REAL = "Rehearsed: nothing real was created."


def closing_lines(up: Up, kept: str, environ: Mapping[str, str], *, played: bool = False) -> list[str]:
    """Return the lines for the end. `kept` says what happens to a cloud that isn't empty.

    `environ` names the cluster whose machines are listed; `played`: there are no real machines behind them.
    """
    empty = _asked(up, "/leftovers").get("empty") and not (played and is_existing(environ))
    state = {True: " Its cloud is empty again.", False: f" {kept}"}.get(empty, "")  # type: ignore[arg-type]
    machines = [each for each in _asked(up, "/machines").get("machines", ()) if _is_of(each, environ)]
    lines = [
        f"{machine['name']}: its notebook on this machine: {machine['loopback']}"
        for machine in machines
        if machine["loopback"]
    ]
    lines += [f"{machine['name']}: {_recorded(machine['recorded'])}" for machine in machines if machine["recorded"]]
    if played and machines and not is_existing(environ):
        lines.append(NOBODY_ANSWERS)
    return [f"{NOTHING_REAL}{state}", *lines]


def _asked(up: Up, path: str) -> dict[str, Any]:
    try:
        return up.ask("GET", path)
    except ProvisionError:
        return {}


def _is_of(machine: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether the machine belongs to the cluster of these settings: to its group on Google Cloud, or scale set. Those
    of a Slurm cluster are in several, or in none, and known by the beginning of their names."""
    if is_existing(environ):
        return bool(machine["project"] == "existing")
    prefix = text_of(environ, "name_prefix").lower()
    place = text_of(environ, "subscription_id" if is_azure(environ) else "project_id").lower()
    if machine["project"].lower() != place:
        return False
    if text_of(environ, "orchestrator_type").lower() == "slurm":
        return bool(machine["name"].lower().startswith(f"{prefix}-"))
    group = (text_of(environ, "vmss_name") or prefix).lower() if is_azure(environ) else f"{prefix}-mig"
    return bool(machine["group"].lower() == group)


def _recorded(commands: list[str]) -> str:
    """Show only names: a startup command's arguments may be secret."""
    counts = [(name, commands.count(name)) for name in dict.fromkeys(commands)]
    shown = ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in counts)
    return f"recorded, not run: {shown}; each call is in {RECORDED_FILE} on the node"
