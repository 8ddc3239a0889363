"""The machines that a cluster on Azure has, by what they are: what the checks of sizes, quotas and prices count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.settings import AzureSettings

CONTROLLER, LOGIN = "controller", "login"


@dataclass(frozen=True)
class Demand:
    """Equal machines, by `name`. `setting` is the parameter that names their size.

    `on` of them should run after Create, `most` is how many there can be, and `to_make` are still to be made.
    """

    name: str
    setting: str
    sku: str
    on: int
    most: int
    to_make: int
    spot: bool = False


def slurm_demands(settings: AzureSettings, present: Mapping[str, int]) -> tuple[Demand, ...]:
    """Those of a Slurm cluster. `present` says how many there are already: of CONTROLLER, of LOGIN, of each pool."""
    return tuple(_demands(settings, present))


def _demands(s: AzureSettings, present: Mapping[str, int]) -> Iterator[Demand]:
    yield _demand(CONTROLLER, "CONTROLLER_SKU", s.controller_machine_type, 1, 1, present)
    if s.login_count:
        setting = "LOGIN_SKU" if s.login_sku else "CONTROLLER_SKU"
        yield _demand(LOGIN, setting, s.login_machine_type, s.login_count, s.login_count, present)
    spot = s.provisioning_model == "spot"
    for pool in s.slurm_pools:
        setting = "SKU" if pool.machine_type == s.sku else f"PARTITIONS: MachineType of {pool.name}"
        yield _demand(pool.name, setting, pool.machine_type, pool.on, pool.count, present, spot=spot)


def _demand(
    name: str, setting: str, sku: str, on: int, most: int, present: Mapping[str, int], *, spot: bool = False
) -> Demand:
    return Demand(name, setting, sku, on, most, max(0, on - present.get(name, 0)), spot)
