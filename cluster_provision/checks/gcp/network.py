"""Checks that the machines can get their networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.settings.gcp.network_layouts import layout, network_profile

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject

NAME = "network"
DEFAULT = "default"


def network(subject: GcpSubject) -> Finding:
    """Look for the network "default" where it is used, and in each zone for the profile of an RDMA network."""
    settings, wanted = subject.settings, layout(subject.settings)
    if settings.network_config == "default_network":
        return _default(subject)
    if wanted is None or not wanted.rdma_nics:
        return Finding((Check(NAME, "ok", f"{wanted.networks if wanted else 1} of the cluster's own"),))
    missing = [zone for zone in settings.zone if not subject.catalogue.has_network_profile(network_profile(zone))]
    if missing:
        return _failed(
            f"no RDMA network in {', '.join(missing)}",
            *(
                SettingsError(
                    (
                        f"ZONE={zone}: it has no network profile {network_profile(zone)}, which NETWORK_CONFIG="
                        f"{settings.network_config} needs for VM_TYPE={settings.vm_type}; choose another zone, or "
                        "NETWORK_CONFIG=new_network",
                    )
                )
                for zone in missing
            ),
        )
    return Finding((Check(NAME, "ok", f"{wanted.networks} of the cluster's own, one of them for RDMA"),))


def _default(subject: GcpSubject) -> Finding:
    """There, and with a subnet for the machines: one in custom mode has those that somebody made."""
    settings = subject.settings
    found = subject.catalogue.network(DEFAULT)
    if found is None:
        problem = f"project {settings.project_id} has no network {DEFAULT}"
        return _failed(problem, SettingsError((f"{problem}: set NETWORK_CONFIG=new_network",)))
    regions = dict.fromkeys(zone.rpartition("-")[0] for zone in settings.zone)
    lacking = [region for region in regions if region not in found.regions]
    if found.automatic or not lacking:
        return Finding((Check(NAME, "ok", DEFAULT),))
    problem = f"network {DEFAULT} of project {settings.project_id} has no subnet in {', '.join(lacking)}"
    line = f"{problem} (it is in custom mode): set NETWORK_CONFIG=new_network"
    return _failed(problem, SettingsError((line,)))


def _failed(detail: str, *failures: SettingsError) -> Finding:
    return Finding((Check(NAME, "failed", detail),), failures)
