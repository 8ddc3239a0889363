"""How Azure's machines are had, and for how much."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.numbers import Money

if TYPE_CHECKING:
    from decimal import Decimal

AzureProvisioningModel = Literal["standard", "spot"]
_MODELS: tuple[AzureProvisioningModel, ...] = ("standard", "spot")


@dataclass(frozen=True, kw_only=True)
class AzureCapacityParameters:
    """Capacity and price."""

    provisioning_model: AzureProvisioningModel = parameter(
        Choice(
            _MODELS,
            refused={
                "flex-start": "it is Google Cloud's; Azure has standard and spot",
                "reservation-bound": "it is Google Cloud's; Azure has standard and spot",
            },
        ),
        default="standard",
        cloud="azure",
        since="0.1.0",
        help="What the machines are ordered as: standard, or spot (cheaper, and taken back at any time).",
        example="spot",
    )
    max_price: Decimal | None = parameter(
        Money(decimals=5),
        default=None,
        default_text="unset: up to the price on demand, so that no machine is taken back for its price",
        unit="USD a machine and hour",
        cloud="azure",
        since="0.1.0",
        help="The price up to which a spot machine is had: it is taken back when it costs more.",
        example="20.50",
    )
    max_hourly_cost: Decimal | None = parameter(
        Money(),
        default=None,
        unit="USD an hour",
        cloud="azure",
        since="0.1.0",
        run_only=True,
        help="The price that the cluster may cost: one that costs more by the tool's table of prices is refused "
        "before anything is made, and so is one whose price isn't known.",
        example="200.00",
    )
