"""What a cluster needs of its project, by the features that its settings ask for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.checks.base import Subject
    from cluster_provision.settings import GcpSettings


@dataclass(frozen=True)
class Feature:
    """`services` by their short names (`compute`), `permissions` on the project.

    `advised` is empty where the cluster can't be made without; else it says what doesn't work then. What is
    looked at `elsewhere` is no matter for the check of permissions.
    """

    name: str
    services: tuple[str, ...]
    permissions: tuple[str, ...]
    advised: str = ""
    elsewhere: bool = False


USED: dict[str, Callable[[Subject], bool]] = {
    "every action": lambda subject: True,
    "default state bucket": lambda subject: subject.makes_bucket,
    "machines": lambda subject: True,
    "external addresses": lambda subject: subject.settings.external_ip,
    "networks of its own": lambda subject: subject.settings.network_config != "default_network",
    "file shares": lambda subject: bool(subject.settings.nfs_fileshare_list),
    "own account": lambda subject: subject.settings.service_account is None,
    "ops agent": lambda subject: not subject.settings.disable_ops_agent,
    "agent's roles": lambda subject: not subject.settings.disable_ops_agent,
    "GPU dashboard": lambda subject: not subject.settings.disable_ops_agent,
    "ways in the default network": lambda subject: _without_addresses(subject.settings),
    "compact placement": lambda subject: subject.settings.compact_placement,
    "looking up": lambda subject: True,
    "leftovers": lambda subject: True,
    "serial port": lambda subject: True,
    "ssh": lambda subject: True,
}
"""When a cluster has the feature of this name in features.toml."""


def _without_addresses(settings: GcpSettings) -> bool:
    return settings.network_config == "default_network" and not settings.external_ip


def features_of(subject: Subject) -> tuple[Feature, ...]:
    """The features that the cluster has, as far as nobody else looks at what they need."""
    return tuple(f for f in all_features().values() if not f.elsewhere and USED[f.name](subject))


@cache
def all_features() -> dict[str, Feature]:
    """features.toml, by name."""
    given = tomllib.loads(files("cluster_provision.checks").joinpath("features.toml").read_text())
    return {
        name: Feature(
            name,
            tuple(each["services"]),
            tuple(each["permissions"]),
            each.get("advised", ""),
            each.get("elsewhere", False),
        )
        for name, each in given.items()
    }
