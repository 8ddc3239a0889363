"""SSH from outside is let in to the head alone, and which machine that is shows once the machines are there.

A NAT rule over a pool leads to every machine of it, so the security group says which one is open. Terraform makes the
rule for an address that is nobody's, and keeps the head's from then on (terraform/modules/azure/network).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import NotReady
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site

RULE = "ssh"
CHECK = "way in"


class HeadTarget(Protocol):
    """A target whose first machine is its head."""

    @property
    def settings(self) -> AzureSettings:
        """The settings."""

    @property
    def cloud(self) -> Azure:
        """Azure, as who signed in."""

    def machines(self) -> list[ScaleSetMachine]:
        """The machines that there are, the head first."""


def head_address(target: HeadTarget) -> str | None:
    """The private address of the head that there is, None where there is none or it is reached from within alone."""
    machines = target.machines() if target.settings.access == "head" else []
    return (machines[0].address or None) if machines else None


def let_in_to_head(target: HeadTarget, site: Site) -> None:
    """Have the security rule let in to the present head. Raises NotReady where there is none, or no such rule."""
    machines, settings = target.machines(), target.settings
    if not machines:
        raise NotReady("the machines are gone again", "Run Create again: it makes others.")
    head = machines[0]
    if _destination(target) != head.address:
        try:
            target.cloud.let_in_to(settings.resource_group, _group(target), RULE, head.address)
        except NotFound:
            advice = "Run Create again: it makes the rule anew."
            raise NotReady(f"security rule {RULE} of {_group(target)} is gone", advice) from None
    site.progress.conclude(f"ssh to {head.name} from {', '.join(settings.allowed_cidrs)}")


def require_way_in(target: HeadTarget, machines: Sequence[ScaleSetMachine]) -> None:
    """Raise NotReady where the rule lets in to another machine: the head that it was made for is gone."""
    head = machines[0]
    if target.settings.access == "head" and _destination(target) != head.address:
        raise NotReady(
            f"ssh is not let in to {head.name}, which is the head now",
            "Run Create: it opens port 22 of the present head, and of no other machine.",
        )


def look_at_way_in(target: HeadTarget, site: Site, machines: Sequence[ScaleSetMachine]) -> NotReady | None:
    """A check of the same, where ssh is let in at all; the failure that it is."""
    if target.settings.access != "head" or not machines:
        return None
    try:
        require_way_in(target, machines)
    except NotReady as failure:
        site.result.checks.append(Check(CHECK, "failed", failure.message))
        return failure
    site.result.checks.append(Check(CHECK, "ok", f"ssh to {machines[0].name}"))
    return None


def _destination(target: HeadTarget) -> str:
    return target.cloud.destination(target.settings.resource_group, _group(target), RULE)


def _group(target: HeadTarget) -> str:
    return f"{target.settings.name_prefix}-nsg"
