"""How Google provides the machines: provisioning model, reservation, duration, placement, price."""

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
        help="How the machines are ordered: standard (on demand, or from a reservation), spot (cheaper, and Google may "
        "take them back at any time), flex-start (cheaper, once there is capacity, for at most seven days) or "
        "reservation-bound (from a future reservation, and for as long as it lasts). Not every machine type is sold in "
        "each way.",
        example="spot",
    )
    reservation_name: str | None = parameter(
        RESERVATION,
        default=None,
        since="0.1.0",
        help="The only reservation that the machines use: its name, or projects/<project>/reservations/<name> where "
        "another project shares it.",
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
        help="Whether Google places the machines close to each other, by a placement policy or a workload policy, "
        "whichever VM_TYPE supports. Then fewer machines are available at once.",
        example="yes",
    )
    max_hourly_cost: Decimal | None = parameter(
        Money(),
        default=None,
        unit="USD an hour",
        since="0.1.0",
        run_only=True,
        help="The highest price of the cluster. The tool refuses a cluster that costs more by its table of prices, or "
        "whose price isn't known, before anything is made.",
        example="30.00",
    )
