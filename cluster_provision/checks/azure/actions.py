"""The Azure actions that the caller needs to make the cluster, grouped by what they are for.

https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations (read 2026-11-25), and the
calls that azurerm 5.2.0 and this tool make.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.azure.subject import AzureSubject


@dataclass(frozen=True)
class Use:
    """A use and its actions: in the cluster's resource group, or in the whole subscription for `subscription`."""

    name: str
    actions: tuple[str, ...]
    subscription: bool = False


def uses_of(subject: AzureSubject) -> tuple[Use, ...]:
    """Return the uses that this cluster has, in the order of the documents."""
    return tuple(_uses(subject))


def _uses(subject: AzureSubject) -> Iterator[Use]:
    s = subject.settings
    groups = "Microsoft.Resources/subscriptions/resourceGroups"
    verbs = ("read", "write", "delete", "resources/read") if subject.makes_group else ("read",)
    yield Use("resource group", tuple(f"{groups}/{verb}" for verb in verbs), subscription=subject.makes_group)
    yield Use(
        "network",
        (
            *_all("Microsoft.Network/virtualNetworks"),
            *_all("Microsoft.Network/virtualNetworks/subnets", "join"),
            *_all("Microsoft.Network/networkSecurityGroups", "join"),
            *(_all("Microsoft.Network/networkSecurityGroups/securityRules") if s.allowed_cidrs else ()),
            *_all("Microsoft.Network/natGateways", "join"),
            *_all("Microsoft.Network/publicIPAddresses", "join"),
        ),
    )
    if s.access == "head":
        pools = "Microsoft.Network/loadBalancers/backendAddressPools"
        yield Use(
            "way to the head",
            (
                *_all("Microsoft.Network/loadBalancers"),
                *_all(pools, "join", "queryInboundNatRulePortMapping"),
                *_all("Microsoft.Network/loadBalancers/inboundNatRules"),
            ),
        )
    if s.access == "bastion":
        yield Use("Bastion", _all("Microsoft.Network/bastionHosts"))
    yield from _machines(subject)
    identities = "Microsoft.ManagedIdentity/userAssignedIdentities"
    if s.node_identity:
        yield Use("the machines' identity", (f"{identities}/read", f"{identities}/assign/action"))
    else:
        yield Use("the machines' identity", _all(identities, "assign"))
        # The role is given on the state's container, which lies outside the group.
        yield Use("the identity's role", _all("Microsoft.Authorization/roleAssignments"), subscription=True)
    if subject.slurm:
        # The role is made in the group, and looked at where Azure keeps it.
        definitions = _all("Microsoft.Authorization/roleDefinitions")
        yield Use("the controller's role on its scale sets", definitions, subscription=True)
    if subject.slurm and s.shared_storage.kind == "anf":
        accounts = "Microsoft.NetApp/netAppAccounts"
        kinds = (accounts, f"{accounts}/capacityPools", f"{accounts}/capacityPools/volumes")
        yield Use("shared files", tuple(action for kind in kinds for action in _all(kind)))
    if subject.slurm and s.accounting == "mysql":
        yield from _database()
    if subject.slurm and s.key_vault:
        vaults = "Microsoft.KeyVault/vaults"
        yield Use("vault", (*_all(vaults), f"{vaults}/secrets/read", f"{vaults}/secrets/write"))
    if subject.slurm and s.monitoring == "managed":
        made = ("Monitor/accounts", "Dashboard/grafana", "AlertsManagement/prometheusRuleGroups")
        yield Use("monitoring", tuple(action for each in made for action in _all(f"Microsoft.{each}")))
        # Azure makes these in a resource group of its own.
        collected = ("dataCollectionEndpoints", "dataCollectionRules")
        yield Use("place of metrics", tuple(f"Microsoft.Insights/{each}/read" for each in collected), subscription=True)
    if s.accept_terms:
        terms = "Microsoft.MarketplaceOrdering/offerTypes/publishers/offers/plans/agreements"
        yield Use("marketplace terms", (f"{terms}/read", f"{terms}/write"), subscription=True)
    if subject.makes_store:
        accounts = "Microsoft.Storage/storageAccounts"
        yield Use(
            "place of the state",
            (
                f"{groups}/write",
                f"{groups}/resources/read",
                "Microsoft.Storage/checknameavailability/read",
                f"{accounts}/read",
                f"{accounts}/write",
                f"{accounts}/delete",
                f"{accounts}/blobServices/write",
                f"{accounts}/blobServices/containers/read",
                f"{accounts}/blobServices/containers/write",
            ),
            subscription=True,
        )


def _database() -> Iterator[Use]:
    servers, endpoints = "Microsoft.DBforMySQL/flexibleServers", "Microsoft.Network/privateEndpoints"
    zones = "Microsoft.Network/privateDnsZones"
    yield Use(
        "server of accounting",
        (
            *_all(servers, "privateEndpointConnectionsApproval"),
            f"{servers}/configurations/read",
            f"{servers}/configurations/write",
            *_all(endpoints),
            *_all(f"{endpoints}/privateDnsZoneGroups"),
            *_all(zones, "join"),
            f"{zones}/SOA/read",
            *_all(f"{zones}/virtualNetworkLinks"),
            "Microsoft.Network/virtualNetworks/join/action",
        ),
    )


def _machines(subject: AzureSubject) -> Iterator[Use]:
    scale_sets, machines = "Microsoft.Compute/virtualMachineScaleSets", "Microsoft.Compute/virtualMachines"
    yield Use("scale set", (*_all(scale_sets), f"{scale_sets}/instanceView/read"))
    if subject.slurm:
        yield Use(
            "controller and login nodes",
            (
                *_all(machines, "start", "deallocate"),
                *_all("Microsoft.Compute/disks"),
                *_all("Microsoft.Network/networkInterfaces", "join"),
            ),
        )
    if subject.settings.orch_mode == "flexible" and not subject.slurm:
        yield Use("machines", (*_all(machines), "Microsoft.Network/networkInterfaces/read"))
    else:
        parts = ("virtualMachines", "networkInterfaces", "rollingUpgrades")
        yield Use("machines", (*(f"{scale_sets}/{part}/read" for part in parts), f"{scale_sets}/delete/action"))


def _all(kind: str, *actions: str) -> tuple[str, ...]:
    return (*(f"{kind}/{verb}" for verb in ("read", "write", "delete")), *(f"{kind}/{each}/action" for each in actions))
