"""Which machine takes which part: from NODES, CONTROLLER, LOGIN_NODES and NFS_SERVER."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult
from cluster_provision.settings.existing.collisions import collisions, same_short_name
from cluster_provision.settings.existing.machines import GivenMachine
from cluster_provision.settings.readers.existing.machines import NamedMachine, machines_of
from cluster_provision.settings.readers.existing.names import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cluster_provision.settings.existing.settings import ExistingSettings

LISTS = ("nodes", "controller", "login_nodes", "nfs_server")
"""The fields that name machines."""

OF_ALL = ("ssh_user", "ssh_port", "ssh_key_file", "ssh_password_file", "sudo_password_file")
"""The fields of what holds for every machine that has nothing else of its own."""


def machines(draft: ExistingDraft) -> ExistingRuleResult:
    """Fill in the machines and their parts, where no inventory names them."""
    if not draft.good(*LISTS, "inventory", *OF_ALL) or draft.settings.inventory:
        return ExistingRuleResult()
    settings = draft.settings
    if not settings.nodes:
        return ExistingRuleResult((_nothing_named(draft.given),), bad=frozenset({"nodes"}))
    named = {
        "CONTROLLER": _read([settings.controller or settings.nodes[0]]),
        "LOGIN_NODES": _read(settings.login_nodes),
        "NFS_SERVER": _read([settings.nfs_server] if settings.nfs_server else []),
        "NODES": _read(settings.nodes),
    }
    found, problems = _merged(named)
    given = tuple(_given(each, settings) for each in found.values())
    problems += collisions(given)
    if problems:
        return ExistingRuleResult(tuple(problems), bad=frozenset({"nodes"}))
    names = {parameter: tuple(dict.fromkeys(short_name(m.name) for m in every)) for parameter, every in named.items()}
    (controller,) = names["CONTROLLER"]
    server = names["NFS_SERVER"][0] if names["NFS_SERVER"] else controller
    filled = replace(
        settings,
        machines=given,
        controller=controller,
        login_nodes=names["LOGIN_NODES"] or (controller,),
        nfs_server=server,
        compute=names["NODES"],
        nfs_clients=tuple(machine.name for machine in given),
    )
    return ExistingRuleResult(settings=filled)


def _nothing_named(given: frozenset[str]) -> str:
    others = [field.upper() for field in LISTS[1:] if field in given]
    but = f" ({', '.join(others)} {'names' if len(others) == 1 else 'name'} no compute node)" if others else ""
    return (
        f"neither NODES nor INVENTORY is set{but}: name the compute nodes, such as NODES=dgx[01-10], or mount an "
        "Ansible inventory"
    )


def _read(entries: Iterable[str]) -> list[NamedMachine]:
    return [machine for entry in entries for machine in machines_of(entry)]


def _merged(named: Mapping[str, list[NamedMachine]]) -> tuple[dict[str, NamedMachine], list[str]]:
    """Return each machine once, by its short name, and the problems of those that are named in two ways.

    An address, user or port that is given once holds for the machine wherever it is named.
    """
    found: dict[str, NamedMachine] = {}
    where: dict[str, str] = {}
    problems: list[str] = []
    for parameter, every in named.items():
        here: dict[str, str] = {}
        for machine in every:
            short = short_name(machine.name)
            before = found.get(short)
            if short in here:
                problems.append(same_short_name(here[short], machine.name))
            elif before is None:
                found[short], where[short] = machine, parameter
            elif _other_full_name(before.name, machine.name):
                problems.append(same_short_name(before.name, machine.name))
            else:
                found[short], differing = _joined(before, machine)
                problems += [f"{short} has {text}: it is in {where[short]} and in {parameter}" for text in differing]
            here.setdefault(short, machine.name)
    return found, problems


def _other_full_name(left: str, right: str) -> bool:
    return left.lower() != right.lower() and "." in left and "." in right


def _joined(left: NamedMachine, right: NamedMachine) -> tuple[NamedMachine, list[str]]:
    """Return what the two say together, and what they say differently."""
    differing = [
        f"two {what}, {first} and {second}"
        for what, first, second in (
            ("addresses", left.address, right.address),
            ("users", left.user, right.user),
            ("ports", left.port, right.port),
        )
        if first and second and first != second
    ]
    name = max(left.name, right.name, key=len)
    return NamedMachine(
        name, left.address or right.address, left.user or right.user, left.port or right.port
    ), differing


def _given(machine: NamedMachine, settings: ExistingSettings) -> GivenMachine:
    short = short_name(machine.name)
    full = machine.name.lower()
    return GivenMachine(
        name=short,
        address=machine.address or machine.name,
        user=machine.user or settings.ssh_user,
        port=machine.port or settings.ssh_port,
        key_file=settings.ssh_key_file,
        password=settings.ssh_password,
        sudo_password=settings.sudo_password,
        aliases=(full,) if full != short else (),
    )
