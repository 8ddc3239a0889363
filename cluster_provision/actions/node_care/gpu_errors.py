"""Health ecc: the memory errors of every GPU of every machine, asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted, reach_the_fleet
from cluster_provision.actions.host_output import Keeping
from cluster_provision.connection.text import aligned
from cluster_provision.errors import Unhealthy
from cluster_provision.fleet.run import run_everywhere
from cluster_provision.health.gpu_errors import COMMAND, HEADINGS, checked, read_gpu_errors, rows_of
from cluster_provision.health.records import FINE, CheckedNode
from cluster_provision.health.verdict import check_of, counts, document
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.fleet.run import Ended
    from cluster_provision.run import Run

ADVICE = (
    "A reset of the GPU or a reboot of the node replaces rows that wait, and begins the count anew; a node whose "
    "errors come back, or whose rows could not be remapped, is to be replaced (docs/health.md)."
)


def gpu_errors(run: Run) -> str:
    """Ask every machine; returns a table. The result's error names the nodes that have a fault, or gave no answer."""
    reach_the_fleet(run)
    rows: list[tuple[str, ...]] = [HEADINGS]
    perform(run, (Step("GPU errors", lambda run: _ask(run, rows)),))
    return "\n".join(aligned(rows)) if len(rows) > 1 else ""


def _ask(run: Run, rows: list[tuple[str, ...]]) -> None:
    output = Keeping()
    found = []
    for ended in run_everywhere(run.fleet, COMMAND, output, counted(run)):
        node, told = _read(ended, output)
        found.append(node)
        rows += told
    run.result.health = document(found)
    run.result.checks.append(check_of(found))
    bad = [each for each in found if each.verdict not in FINE]
    if bad:
        lines = "\n".join(f"  {each.name}: {each.health.checks[0].detail}" for each in bad)
        run.result.error = Unhealthy(f"not every GPU's memory is proven well: {counts(found)}\n{lines}", ADVICE)
    run.progress.conclude(counts(found))


def _read(ended: Ended, output: Keeping) -> tuple[CheckedNode, list[tuple[str, ...]]]:
    name = ended.host.name
    kept = output.of(ended.host)
    if ended.error is not None:
        said = kept.err.decode(errors="replace").strip() or kept.out.decode(errors="replace").strip()
        return CheckedNode(name).not_known(said.splitlines()[-1] if said else ended.error.message), []
    try:
        gpus = read_gpu_errors(kept.out.decode(errors="replace").splitlines())
    except ValueError as failure:
        return CheckedNode(name).not_known(str(failure)), []
    return checked(name, gpus), rows_of(name, gpus)
