"""What is done with the health of machines that the tool makes."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.declared.run import MINUTES_A_DAY
from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.numbers import WholeNumber

HealthGate = Literal["off", "warn", "strict"]
_GATES: tuple[HealthGate, ...] = ("off", "warn", "strict")


@dataclass(frozen=True, kw_only=True)
class HealthParameters:
    """The machines' health."""

    health_gate: HealthGate = parameter(
        Choice(_GATES),
        default="warn",
        cloud="made",
        since="0.1.0",
        help="What Create does with the machines' health checks. off: the machines don't run them by themselves; warn: "
        "Create waits and shows what they found; strict: Create fails unless every machine is healthy. A check that "
        "could not run is no pass; with strict, neither is a Benchmark that can't be judged.",
        example="strict",
    )
    health_timeout: int = parameter(
        WholeNumber(0, MINUTES_A_DAY),
        default=45,
        unit="minutes",
        cloud="made",
        since="0.1.0",
        run_only=True,
        help="How long Create waits for the machines' health checks, once the machines are ready. A machine whose "
        "checks still run then counts as unknown. 0 looks once.",
        example="60",
    )
