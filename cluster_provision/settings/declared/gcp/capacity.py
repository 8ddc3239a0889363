"""How the machines are had: what they are ordered as, from which reservation, for how long, how close, for how much."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice, YesNo
from cluster_provision.settings.readers.gcp.names import RESERVATION
from cluster_provision.settings.readers.numbers import Money, WholeNumber

if TYPE_CHECKING:
    from decimal import Decimal

ProvisioningModel = Literal["standard", "spot", "flex-start", "reservation-bound"]
PROVISIONING_MODELS: tuple[ProvisioningModel, ...] = ("standard", "spot", "flex-start", "reservation-bound")
# Flex-start machines run for at most seven days (docs.cloud.google.com/compute/docs/instances/provisioning-models,
# read 2026-11-25).
MOST_RUN_HOURS = 7 * 24


@dataclass(frozen=True, kw_only=True)
class CapacityParameters:
    """Capacity and price."""

    provisioning_model: ProvisioningModel = parameter(
        Choice(PROVISIONING_MODELS),
        default="standard",
        default_text="standard; reservation-bound where RESERVATION_NAME is set and VM_TYPE is not sold on demand",
        since="0.1.0",
        help="What the machines are ordered as: standard (on demand, or from a reservation), spot (cheaper, and taken "
        "back at any time), flex-start (cheaper, once there is capacity, for at most seven days) or reservation-bound "
        "(from a future reservation, and for as long as it lasts). Machine types differ in what they are sold as.",
        example="spot",
    )
    reservation_name: str | None = parameter(
        RESERVATION,
        default=None,
        since="0.1.0",
        help="The reservation that the machines are taken from, and from no other: its name, or "
        "projects/<project>/reservations/<name> where another project shares it.",
        example="my-reservation",
    )
    max_run_duration: int | None = parameter(
        WholeNumber(1, MOST_RUN_HOURS),
        default=None,
        default_text=f"unset: no end; {MOST_RUN_HOURS} with PROVISIONING_MODEL=flex-start",
        unit="hours",
        since="0.1.0",
        help="How long each machine runs. Then Google Cloud deletes it.",
        example="24",
    )
    compact_placement: bool = parameter(
        YesNo(),
        default=False,
        since="0.1.0",
        help="Whether the machines are placed close to each other, by a placement policy or a workload policy, "
        "whichever VM_TYPE takes. Fewer machines can be had at once.",
        example="yes",
    )
    max_hourly_cost: Decimal | None = parameter(
        Money(),
        default=None,
        unit="USD an hour",
        since="0.1.0",
        run_only=True,
        help="The price that the cluster may cost: one that costs more by the tool's table of prices is refused "
        "before anything is made, and so is one whose price isn't known.",
        example="30.00",
    )
