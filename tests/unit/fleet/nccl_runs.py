"""Runs of NCCL's all-reduce: what was recorded, read as the product reads it, and the machines that ran it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.output import Output
from cluster_provision.fleet.nccl.plan import MachineClass

if TYPE_CHECKING:
    from cluster_provision.fleet.nccl.verdict import Judged, Judgement

FOLDER = Path(__file__).with_name("nccl_outputs")
H200 = MachineClass("Standard_ND96isr_H200_v5", 8, "H200 141 GB", infiniband=True, kind="ndv5")
H100 = MachineClass("Standard_ND96isr_H100_v5", 8, "H100 80 GB", infiniband=True, kind="ndv5")


def fed(text: str) -> Output:
    output = Output()
    for line in text.splitlines():
        if not line.startswith("##"):
            output.feed(line)
    return output


def recorded(name: str) -> Output:
    return fed((FOLDER / f"{name}.txt").read_text())


def finding(judged: Judged, name: str) -> Judgement:
    return next(each for each in judged.findings if each.name == name)
