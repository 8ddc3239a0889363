"""Machines as they were looked at, for the checks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cluster_provision.checks.existing.offer import offer_of
from cluster_provision.checks.existing.subject import Seen, Subject
from cluster_provision.settings import load
from cluster_provision.settings.existing.settings import ExistingSettings
from cluster_provision.slurm.facts import MachineFacts, Package, Processors

DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'
SETTINGS = {
    "CLOUD": "existing",
    "ORCHESTRATOR_TYPE": "slurm",
    "NAME_PREFIX": "vega",
    "CONTROLLER": "head",
    "NODES": "node[1-2]",
}


def settings(**more: str) -> ExistingSettings:
    found = load({**SETTINGS, **more}, "create").settings
    assert isinstance(found, ExistingSettings)
    return found


def machine(name: str, ahead: float = 0.0, **facts: Any) -> Seen:
    """A Debian 12 with a plain processor, but for what is given."""
    number = {"head": 1}.get(name, ord(name[-1]))
    usual: dict[str, Any] = {
        "os_release": DEBIAN,
        "python": "3.11.2",
        "packages": {"slurmd": Package(candidate="22.05.8-4+deb12u3")},
        "ssh_address": f"10.0.0.{number}",
        "boot_time": 1000.0 + number,
        "processors": Processors(16, 2, 4, 2),
        "memory_mb": 64_000,
    }
    return Seen(MachineFacts(**{"name": name, "clock": 0.0, **usual, **facts}), ahead)


def subject(*more: Seen, given: dict[str, str] | None = None, members: frozenset[str] = frozenset()) -> Subject:
    """The machines of the settings, those in `more` as given."""
    own = {each.facts.name: each for each in more}
    read = settings(**(given or {}))
    seen = {each.name: own.get(each.name) or machine(each.name) for each in read.machines}
    offer = offer_of(read, {name: each.facts for name, each in seen.items()})
    return Subject(read, seen, {}, members, offer=offer)


def called(found: Subject, **names: str) -> Subject:
    """The same machines, those that are named with other host names."""
    seen = {
        name: Seen(replace(each.facts, name=names.get(name, name)), each.ahead) for name, each in found.seen.items()
    }
    return replace(found, seen=seen)


def told(finding: Any) -> list[str]:
    """The messages of its failures."""
    return [failure.message for failure in finding.failures]
