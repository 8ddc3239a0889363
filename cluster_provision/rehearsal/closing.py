"""The last lines of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ProvisionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .process import Up

RECORDED_FILE = "/var/log/cluster/recorded.jsonl"  # images/node/…/record writes it
NOBODY_ANSWERS = "REHEARSE=plan only plays the machines, so nobody answers there by SSH; REHEARSE=yes boots them."
NOTHING_REAL = "Rehearsed: nothing real was created."


def closing_lines(up: Up, kept: str, environ: Mapping[str, str], *, played: bool = False) -> list[str]:
    """What a user should know at the end: `kept` says what becomes of a cloud that isn't empty, `environ` names the
    cluster whose machines are shown, `played` that there are none behind them."""
    empty = _asked(up, "/leftovers").get("empty")
    state = {True: " Its cloud is empty again.", False: f" {kept}"}.get(empty, "")  # type: ignore[arg-type]
    machines = [each for each in _asked(up, "/machines").get("machines", ()) if _is_of(each, environ)]
    lines = [
        f"{machine['name']}: its notebook on this machine: {machine['loopback']}"
        for machine in machines
        if machine["loopback"]
    ]
    lines += [f"{machine['name']}: {_recorded(machine['recorded'])}" for machine in machines if machine["recorded"]]
    if played and machines and _is_azure(environ):
        lines.append(NOBODY_ANSWERS)
    return [f"{NOTHING_REAL}{state}", *lines]


def _asked(up: Up, path: str) -> dict[str, Any]:
    try:
        return up.ask("GET", path)
    except ProvisionError:
        return {}


def _is_of(machine: Mapping[str, Any], environ: Mapping[str, str]) -> bool:
    """Whether the machine is of the cluster that these settings name: of its group on Google Cloud, or scale set."""

    def given(*names: str) -> str:
        return next((value for name in names if (value := environ.get(name, "").strip())), "")

    if _is_azure(environ):
        subscription = given("SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID")
        wanted = (subscription, given("VMSS_NAME", "NAME_PREFIX"))
    else:
        wanted = (given("PROJECT_ID"), f"{given('NAME_PREFIX')}-mig")
    return (machine["project"].lower(), machine["group"].lower()) == tuple(each.lower() for each in wanted)


def _is_azure(environ: Mapping[str, str]) -> bool:
    return environ.get("CLOUD", "").strip().lower() == "azure"


def _recorded(commands: list[str]) -> str:
    """Names alone: a startup command's arguments may be secret."""
    counts = [(name, commands.count(name)) for name in dict.fromkeys(commands)]
    shown = ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in counts)
    return f"recorded, not run: {shown}; each call is in {RECORDED_FILE} on the node"
