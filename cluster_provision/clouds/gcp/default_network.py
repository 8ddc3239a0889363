"""Looks at the project's network "default": which subnet is for machines, has it a NAT, and a rule for the tunnel?"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Network
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.clouds.gcp.resources import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

NETWORK = "default"
IAP_RANGE = IPv4Network("35.235.240.0/20")
"""https://cloud.google.com/iap/docs/using-tcp-forwarding"""
SSH_PORT = 22
WHOLE = ("ALL_SUBNETWORKS_ALL_IP_RANGES", "ALL_SUBNETWORKS_ALL_PRIMARY_IP_RANGES")


class GcpDefaultNetwork(GoogleApi):
    """Looks only. It ignores rules of firewall policies, which may say otherwise."""

    def subnetwork(self, region: str) -> str:
        """Return the link of the subnet that machines of the region have to name; empty where they name none.

        In custom mode they do, and a network may have several: the one that is named as the network counts, or else the
        oldest, so that one that somebody adds changes nothing. Subnets of a load balancer's proxies hold no machines:
        https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks (purpose, read 2026-12-01).
        """
        found = self._get(f"{COMPUTE}/projects/{self._project}/global/networks/{NETWORK}", "looking up the network")
        if found.get("autoCreateSubnetworks") or "IPv4Range" in found:
            return ""
        url = f"{COMPUTE}/projects/{self._project}/regions/{region}/subnetworks"
        listed = self._pages("GET", url, f"looking up the subnets of {region}", "items")
        subnets = [
            each
            for each in listed
            if name_of(each.get("network", "")) == NETWORK and each.get("purpose", "PRIVATE") == "PRIVATE"
        ]
        subnets.sort(key=lambda each: (each["name"] != NETWORK, each.get("creationTimestamp", ""), each["name"]))
        return str(subnets[0]["selfLink"]) if subnets else ""

    def nat(self, region: str, own: str, subnetwork: str = NETWORK) -> str:
        """Return the router whose NAT serves the network's machines in the region; empty where there is none.

        `own` is the name of this cluster's router, which doesn't count; `subnetwork` is the name of the machines' one.
        """
        url = f"{COMPUTE}/projects/{self._project}/regions/{region}/routers"
        for router in self._pages("GET", url, f"looking up the routers of {region}", "items"):
            if router["name"] == own or name_of(router.get("network", "")) != NETWORK:
                continue
            if any(_serves(nat, subnetwork) for nat in router.get("nats", [])):
                return str(router["name"])
        return ""

    def lets_iap_in(self, own: str) -> bool:
        """Whether a rule lets the IAP tunnel reach every machine's port 22.

        `own`, this cluster's rule, doesn't count.
        """
        url = f"{COMPUTE}/projects/{self._project}/global/firewalls"
        rules = self._pages("GET", url, "looking up the firewall rules", "items")
        return any(_lets_in(rule) for rule in rules if rule["name"] != own and name_of(rule["network"]) == NETWORK)


def _serves(nat: dict[str, Any], subnetwork: str) -> bool:
    """Whether it serves a machine's main address in the subnet of this name."""
    if nat.get("type", "PUBLIC") != "PUBLIC":
        return False
    if nat.get("sourceSubnetworkIpRangesToNat") in WHOLE:
        return True
    return any(
        name_of(each.get("name", "")) == subnetwork
        and {"ALL_IP_RANGES", "PRIMARY_IP_RANGE"} & set(each.get("sourceIpRangesToNat", []))
        for each in nat.get("subnetworks", [])
    )


def _lets_in(rule: dict[str, Any]) -> bool:
    if rule.get("disabled") or rule.get("direction") != "INGRESS":
        return False
    if rule.get("targetTags") or rule.get("targetServiceAccounts"):
        return False
    return any(_holds_iap(each) for each in rule.get("sourceRanges", [])) and any(
        _opens_ssh(allowed) for allowed in rule.get("allowed", [])
    )


def _holds_iap(source: str) -> bool:
    try:
        return IAP_RANGE.subnet_of(IPv4Network(source, strict=False))
    except AddressValueError:  # a range of IPv6
        return False


def _opens_ssh(allowed: dict[str, Any]) -> bool:
    if allowed.get("IPProtocol") not in ("tcp", "6", "all"):
        return False
    return not allowed.get("ports") or _within(SSH_PORT, allowed["ports"])


def _within(port: int, ports: Iterable[str]) -> bool:
    bounds = (each.partition("-") for each in ports)
    return any(int(first) <= port <= int(last or first) for first, _, last in bounds)
