"""What a cluster needs from its project, by the features that its settings ask for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.checks.gcp.subject import GcpSubject


@dataclass(frozen=True)
class Feature:
    """`services` by their short names (`compute`), and `permissions` on the project.

    `advised` is empty if the cluster can't be made without the feature; else it says what doesn't work without it. The
    check of permissions ignores a feature that is looked at `elsewhere`.
    """

    name: str
    services: tuple[str, ...]
    permissions: tuple[str, ...]
    advised: str = ""
    elsewhere: bool = False


DEFAULT = "default_network"


def _is_gke(subject: GcpSubject) -> bool:
    return subject.settings.orchestrator_type == "gke"


def _has_ops_agent(subject: GcpSubject) -> bool:
    """Whether the machines get an ops agent. GKE's nodes have GKE's own agents."""
    return not subject.settings.disable_ops_agent and not _is_gke(subject)


def _sends_to_prometheus(subject: GcpSubject) -> bool:
    return subject.settings.orchestrator_type == "slurm" and subject.settings.monitoring == "managed"


def _without_addresses(subject: GcpSubject) -> bool:
    settings = subject.settings
    return settings.network_config == DEFAULT and (_is_gke(subject) or not settings.external_ip)


USED: dict[str, Callable[[GcpSubject], bool]] = {
    "every action": lambda subject: True,
    "default state bucket": lambda subject: subject.makes_bucket,
    "machines": lambda subject: not _is_gke(subject),
    "GKE": _is_gke,
    "role for GKE's nodes": lambda subject: _is_gke(subject) and subject.settings.service_account is None,
    "control plane by name": lambda subject: _is_gke(subject) and subject.settings.gke_dns_endpoint,
    "networks that GKE makes": lambda subject: _is_gke(subject) and subject.settings.network_config != DEFAULT,
    "external addresses": lambda subject: subject.settings.external_ip and not _is_gke(subject),
    "networks of its own": lambda subject: subject.settings.network_config != DEFAULT,
    "file shares": lambda subject: bool(subject.settings.nfs_fileshare_list) and not _is_gke(subject),
    "own account": lambda subject: subject.settings.service_account is None,
    "ops agent": _has_ops_agent,
    "Managed Service for Prometheus": _sends_to_prometheus,
    "agent's roles": _has_ops_agent,
    "GPU dashboard": _has_ops_agent,
    "ways in the default network": _without_addresses,
    "compact placement": lambda subject: subject.settings.compact_placement,
    "looking up": lambda subject: True,
    "leftovers": lambda subject: True,
    "Slurm's controller": lambda subject: subject.settings.orchestrator_type == "slurm",
    "role for Slurm's controller": lambda subject: (
        subject.settings.orchestrator_type == "slurm" and subject.settings.service_account is None
    ),
    "serial port": lambda subject: not _is_gke(subject),
    "ssh by the tool": lambda subject: subject.settings.orchestrator_type in ("none", "ray"),
    "ssh": lambda subject: True,
    "ssh by OS Login": lambda subject: subject.settings.orchestrator_type != "slurm",
}
"""Whether a cluster has the feature of this name in features.toml."""


def features_of(subject: GcpSubject) -> tuple[Feature, ...]:
    """Return the features that the cluster has, without those that are looked at elsewhere."""
    return tuple(f for f in all_features().values() if not f.elsewhere and USED[f.name](subject))


@cache
def all_features() -> dict[str, Feature]:
    """Return the features of features.toml by name."""
    given = tomllib.loads(files("cluster_provision.checks.gcp").joinpath("features.toml").read_text(encoding="utf-8"))
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
