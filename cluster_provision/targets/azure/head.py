"""SSH from outside reaches the head alone, and which machine that is shows once the machines exist.

A NAT rule over a pool leads to every machine of it, so the security group says which one is open. Terraform makes the
rule for an address that is nobody's, and keeps the head's from then on (terraform/modules/azure/network).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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


class HeadRule:
    """The security rule that allows SSH to the head; machines are given with the head first."""

    def __init__(self, settings: AzureSettings, cloud: Azure) -> None:
        self._settings = settings
        self._cloud = cloud
        self._group = f"{settings.name_prefix}-nsg"

    @property
    def public(self) -> bool:
        """Whether the head is reached from outside at all."""
        return self._settings.access == "head"

    def address(self, machines: Sequence[ScaleSetMachine]) -> str | None:
        """The private address of the head, None where there is none, or it is reached within its network alone."""
        return (machines[0].address or None) if machines and self.public else None

    def open(self, machines: Sequence[ScaleSetMachine], site: Site) -> None:
        """Have the rule allow SSH to the present head. Raises NotReady where there is no head, or no rule."""
        if not machines:
            raise NotReady("the machines are gone again", "Run Create again: it makes others.")
        self.lead_to(machines[0])
        site.progress.conclude(f"ssh to {machines[0].name} from {', '.join(self._settings.allowed_cidrs)}")

    def lead_to(self, head: ScaleSetMachine) -> bool:
        """Have the rule allow SSH to this machine; whether it led to another one. Raises NotReady without a rule."""
        if self._destination() == head.address:
            return False
        try:
            self._cloud.let_in_to(self._settings.resource_group, self._group, RULE, head.address)
        except NotFound:
            advice = "Run Create again: it makes the rule anew."
            raise NotReady(f"security rule {RULE} of {self._group} is gone", advice) from None
        return True

    def require(self, machines: Sequence[ScaleSetMachine]) -> None:
        """Raise NotReady where the rule allows SSH to another machine: the head that it was made for is gone."""
        head = machines[0]
        if self.public and self._destination() != head.address:
            raise NotReady(
                f"SSH to {head.name}, the head now, is not allowed yet",
                "Run Create: it opens port 22 of the present head, and of no other machine.",
            )

    def look(self, machines: Sequence[ScaleSetMachine], site: Site) -> NotReady | None:
        """Add a check of whether the rule leads to the present head."""
        if not machines:
            return None
        try:
            self.require(machines)
        except NotReady as failure:
            site.result.checks.append(Check(CHECK, "failed", failure.message))
            return failure
        site.result.checks.append(Check(CHECK, "ok", f"ssh to {machines[0].name}"))
        return None

    def _destination(self) -> str:
        return self._cloud.destination(self._settings.resource_group, self._group, RULE)
