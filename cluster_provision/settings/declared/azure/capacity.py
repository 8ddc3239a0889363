"""How Azure provides the machines, and at which price."""

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
        help="How the machines are ordered: standard, or spot (cheaper, and Azure may take them back at any time).",
        example="spot",
    )
    max_price: Decimal | None = parameter(
        Money(decimals=5),
        default=None,
        default_text="unset: up to the price on demand, so that Azure takes no machine back for its price",
        unit="USD a machine and hour",
        cloud="azure",
        since="0.1.0",
        help="The highest price of a spot machine: Azure takes it back when it costs more.",
        example="20.50",
    )
    max_hourly_cost: Decimal | None = parameter(
        Money(),
        default=None,
        unit="USD an hour",
        cloud="azure",
        since="0.1.0",
        run_only=True,
        help="The highest price of the cluster. The tool refuses a cluster that costs more by its table of prices, or "
        "whose price isn't known, before anything is made.",
        example="200.00",
    )
