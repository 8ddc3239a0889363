"""What machines without an external address need in the network "default": a way out, and one in for ssh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.default_network import GcpDefaultNetwork
    from cluster_provision.settings import GcpSettings


@dataclass(frozen=True)
class Additions:
    """What this cluster makes in the default network: a NAT of its own, and a rule for the IAP tunnel."""

    nat: bool = False
    iap: bool = False


def additions_for(settings: GcpSettings, region: str, network: GcpDefaultNetwork) -> tuple[Additions, Finding]:
    """What is to be made, and a check. What exists already is used; what can't be looked at is made."""
    if settings.network_config != "default_network" or not (why := _without_addresses(settings)):
        return Additions(), Finding()
    name = f"{settings.name_prefix}-dpl"
    try:
        router = network.nat(region, own=f"{name}-out")
        open_already = network.lets_iap_in(own=f"{name}-ssh")
    except CANNOT_LOOK as failure:
        return Additions(nat=True, iap=True), Finding((Check("default network", "unknown", str(failure)),))
    if router:
        detail = f"router {router} has a NAT for {region}"
        note = f"{why}: the machines reach the internet by the NAT of router {router}, and only while it stays"
    else:
        detail = f"gets a NAT for {region}, with the router {name}-out"
        note = (
            f"{why}: the default network gets a NAT for {region}; other machines there without an external "
            "address use it too, until Destroy"
        )
    if not open_already:
        detail += f", and the rule {name}-ssh for ssh through IAP"
    found = Finding((Check("default network", "ok", detail),), notes=(note,))
    return Additions(nat=not router, iap=not open_already), found


def _without_addresses(settings: GcpSettings) -> str:
    """Why the machines have no external addresses, empty where they have."""
    if settings.orchestrator_type == "gke":
        return "GKE's nodes have no external addresses"
    return "" if settings.external_ip else "EXTERNAL_IP=no"
