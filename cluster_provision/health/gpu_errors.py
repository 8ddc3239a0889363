"""Errors of GPUs' memory, as nvidia-smi counts them: since the driver was loaded, and ever.

The fields are those that `nvidia-smi --help-query-gpu` and `--help-query-remapped-rows` list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.health.records import CheckedNode
from cluster_provision.node import HealthCheck, NodeHealth

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = ("corrected.volatile", "uncorrected.volatile", "corrected.aggregate", "uncorrected.aggregate")
_COUNTS = ",".join(f"ecc.errors.{kind}.total" for kind in _KINDS)
_ROWS = ",".join(f"remapped_rows.{each}" for each in ("correctable", "uncorrectable", "pending", "failure"))
NO_GPU = "no GPU"
COMMAND = (
    f"command -v nvidia-smi >/dev/null || {{ echo '{NO_GPU}'; exit 0; }}; "
    f"timeout 60 nvidia-smi --query-gpu=uuid,index,name,{_COUNTS} --format=csv,noheader,nounits && "
    f"timeout 60 nvidia-smi --query-remapped-rows=gpu_uuid,{_ROWS} --format=csv,noheader,nounits"
)
HEADINGS = ("NODE", "GPU", "MODEL", "CORRECTED", "UNCORRECTED", "EVER", "ROWS", "FOUND")


@dataclass(frozen=True)
class GpuErrors:
    """One GPU's counts, None for what it doesn't count: errors since the driver was loaded, and ever.

    `rows` are rows of memory that were replaced; `pending` waits for a reset of the GPU, `failed` is for good.
    """

    index: str
    model: str
    corrected: int | None
    uncorrected: int | None
    corrected_ever: int | None
    uncorrected_ever: int | None
    rows: int | None = None
    pending: bool = False
    failed: bool = False

    @property
    def fault(self) -> str:
        """What is wrong, in words; empty for nothing. Errors that were corrected, or are of earlier, are no fault."""
        told = ["rows could not be remapped"] if self.failed else []
        told += ["rows wait for a reset"] if self.pending else []
        told += [f"{self.uncorrected} uncorrected errors"] if self.uncorrected else []
        return ", ".join(told)


def read_gpu_errors(lines: Sequence[str]) -> tuple[GpuErrors, ...]:
    """Read what COMMAND prints; none for a machine without GPUs. Raises ValueError with the line that is neither."""
    if list(lines) == [NO_GPU]:
        return ()
    found: dict[str, GpuErrors] = {}
    for line in lines:
        uuid, *fields = (part.strip() for part in line.split(","))
        if len(fields) == 6 and uuid not in found:
            corrected, uncorrected, corrected_ever, uncorrected_ever = (_number(each) for each in fields[2:])
            found[uuid] = GpuErrors(fields[0], fields[1], corrected, uncorrected, corrected_ever, uncorrected_ever)
        elif len(fields) == 4 and uuid in found:
            found[uuid] = _with_rows(found[uuid], fields)
        else:
            raise ValueError(f"nvidia-smi printed {line!r}")
    if not found:
        raise ValueError("nvidia-smi printed nothing")
    return tuple(found.values())


def checked(name: str, gpus: Sequence[GpuErrors]) -> CheckedNode:
    """The node's verdict by its GPUs; skipped for one that has none."""
    faults = [f"GPU {each.index}: {each.fault}" for each in gpus if each.fault]
    if not gpus:
        return CheckedNode(name, NodeHealth("skipped", (HealthCheck("ecc", "skipped", NO_GPU),)))
    if faults:
        return CheckedNode(name, NodeHealth("unhealthy", (HealthCheck("ecc", "failed", "; ".join(faults)),)))
    return CheckedNode(name, NodeHealth("healthy", (HealthCheck("ecc", "passed", f"{len(gpus)} GPUs"),)))


def rows_of(name: str, gpus: Sequence[GpuErrors]) -> list[tuple[str, ...]]:
    """The table's rows for a node."""
    return [
        (
            *(name, each.index, each.model, _shown(each.corrected), _shown(each.uncorrected)),
            *(f"{_shown(each.corrected_ever)}/{_shown(each.uncorrected_ever)}", _shown(each.rows), each.fault or "-"),
        )
        for each in gpus
    ]


def _with_rows(gpu: GpuErrors, fields: Sequence[str]) -> GpuErrors:
    counted = [_number(each) for each in fields[:2]]
    rows = None if None in counted else sum(each or 0 for each in counted)
    pending, failed = (_number(each, {"No": 0, "Yes": 1}) for each in fields[2:])
    ecc = (gpu.corrected, gpu.uncorrected, gpu.corrected_ever, gpu.uncorrected_ever)
    return GpuErrors(gpu.index, gpu.model, *ecc, rows, bool(pending), bool(failed))


def _number(text: str, words: dict[str, int] | None = None) -> int | None:
    """A count, None for what the GPU doesn't have ([N/A]). Raises ValueError for anything else."""
    if text in ("[N/A]", "N/A", "[Not Supported]"):
        return None
    return words[text] if words and text in words else int(text)


def _shown(count: int | None) -> str:
    return "-" if count is None else str(count)
