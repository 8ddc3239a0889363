"""The limits of an all-reduce by what the machines are made of, where no cloud's size names them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cluster_provision.fleet.nccl.thresholds import Threshold

_TABLE = Path(__file__).with_name("device_limits.toml")


@dataclass(frozen=True)
class DeviceLimit:
    """A line of the table: `device` is a regular expression, `fabric` in Gbit/s of InfiniBand a machine."""

    device: str
    gpus: int
    fabric: int
    threshold: Threshold


def limits_of(device: str, gpus: int, fabric: int, largest: int) -> tuple[Threshold, ...]:
    """The lines for machines that each have `gpus` of this device, and so much InfiniBand; none for others.

    `device` is the driver's name of the GPU, `largest` the largest message in bytes: lines for larger ones don't apply,
    and of the others those for the largest come first.
    """
    lines = (
        line.threshold
        for line in device_limits()
        if line.gpus == gpus
        and line.fabric <= fabric
        and line.threshold.message <= largest
        and re.fullmatch(line.device, device)
    )
    return tuple(sorted(lines, key=lambda line: -line.message))


@cache
def device_limits() -> tuple[DeviceLimit, ...]:
    """The whole table."""
    lines = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["limit"]
    return tuple(_line(dict(line)) for line in lines)


def _line(given: dict[str, object]) -> DeviceLimit:
    device, gpus, fabric = str(given.pop("device")), int(str(given.pop("gpus"))), int(str(given.pop("fabric")))
    nodes = given.pop("nodes")
    assert isinstance(nodes, list)  # noqa: S101 - the table's form
    threshold = Threshold(size=f"{gpus} x {device}", nodes=(nodes[0], nodes[1]), **given)  # type: ignore[arg-type]
    return DeviceLimit(device, gpus, fabric, threshold)
