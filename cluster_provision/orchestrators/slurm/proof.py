"""The job that proves the cluster: a task on each node, which meet by PMIx and say who they are."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.orchestrators.slurm.controller import Controller

JOB = "cluster-provision-proof"
TIMED_OUT = 124  # timeout(1)
QUIT = "--quit-on-interrupt"  # one SIGINT ends the job; without it srun alone is killed, and the job runs on
LAST_LINES = 8
TOLD = re.compile(r"proof \S+ (?:no-pmix|(?:met|pmix-init|fence)-\S+)")
"""What a task prints of itself, below; a job's other lines are whatever users' profiles print."""

MEET = """
import ctypes, os, struct, sys
name = os.environ.get("SLURMD_NODENAME", "?")
for library in ("libpmix.so.2", "libpmix.so"):
    try:
        pmix = ctypes.CDLL(library)
        break
    except OSError:
        pmix = None
if pmix is None:
    print("proof", name, "no-pmix", flush=True)
    sys.exit(0)
own = ctypes.create_string_buffer(512)
code = pmix.PMIx_Init(own, None, ctypes.c_size_t(0))
if code:
    print("proof", name, "pmix-init-%d" % code, flush=True)
    sys.exit(3)
code = pmix.PMIx_Fence(None, ctypes.c_size_t(0), None, ctypes.c_size_t(0))
print("proof", name, "met-%d" % struct.unpack_from("I", own.raw, 256)[0] if not code else "fence-%d" % code, flush=True)
pmix.PMIx_Finalize(None, ctypes.c_size_t(0))
sys.exit(4 if code else 0)
"""
"""Each task joins its job's PMIx name space, waits for the others in a fence, and prints its rank.

pmix.h of OpenPMIx 2 to 5: `pmix_proc_t` is a name space of 256 bytes and the rank, a uint32_t after it;
PMIx_Init(pmix_proc_t *, pmix_info_t *, size_t), PMIx_Fence(const pmix_proc_t *, size_t, const pmix_info_t *, size_t).
"""


@dataclass(frozen=True)
class Proof:
    """The nodes that a job ran on; its tasks met by PMIx, but for those of nodes that have no library of it."""

    nodes: tuple[str, ...]
    without_pmix: tuple[str, ...] = ()
    said: tuple[str, ...] = field(default=(), compare=False)
    """A line of each task, in the nodes' order."""


def prove(controller: Controller, partition: str, nodes: Sequence[str], minutes: int) -> Proof:
    """Run the job over these nodes of a partition.

    Raises NodeSetupError where it ran and failed, NotReady where it did not come to run in time.
    """
    listed = fold_hostlist(nodes)
    words = (
        *("timeout", "--signal=INT", "--kill-after=20", f"{minutes}m"),
        *("srun", f"--job-name={JOB}", f"--partition={partition}", f"--nodes={len(nodes)}", f"--nodelist={listed}"),
        *("--ntasks-per-node=1", "--mpi=pmix", "--kill-on-bad-exit=1", f"--time={minutes + 1}", "--chdir=/", QUIT),
        *("python3", "-I", "-c", MEET),
    )
    ended = controller.on_controller(words)
    out, err = ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
    told = {line.split()[1]: line.split()[2] for line in out.splitlines() if _is_told(line)}
    if ended.exit_code == TIMED_OUT:
        raise NotReady(
            f"the job that proves the cluster did not end within {minutes} minutes on {listed}{_last(out, err)}",
            f"`squeue` on {controller.controller_name} says what it waits for. PROOF_TIMEOUT gives it longer.",
        )
    failed = sorted(f"{node}: {what}" for node, what in told.items() if not what.startswith(("met-", "no-pmix")))
    missing = [node for node in nodes if node not in told]
    if ended.exit_code or failed or missing:
        what = "; ".join([*failed, *([f"nothing from {fold_hostlist(missing)}"] if missing else [])])
        raise NodeSetupError(
            f"the job that proves the cluster failed on {listed}: {what or f'exit code {ended.exit_code}'}"
            f"{_last(out, err)}{_reasons(controller, nodes)}",
            f"The same by hand, on {controller.controller_name}: {shlex.join(words[4:11])} hostname. The nodes' own "
            "words are in /var/log/slurm/slurmd.log there.",
        )
    without = tuple(node for node, what in told.items() if what == "no-pmix")
    return Proof(tuple(told), without, tuple(f"{node}: {_said(told[node])}" for node in nodes))


def _reasons(controller: Controller, nodes: Sequence[str]) -> str:
    """Why Slurm took nodes out meanwhile: a prolog's last words, say. What it can't say now keeps nothing else back."""
    try:
        seen = look_at_nodes(controller)
    except NotReady:
        return ""
    told = {**seen.drained, **seen.missing}
    return "".join(f"\n  {name}: {told[name]}" for name in nodes if name in told)


def _said(what: str) -> str:
    return "no PMIx here" if what == "no-pmix" else f"task {what.removeprefix('met-')}, met the others"


def _is_told(line: str) -> bool:
    return bool(TOLD.fullmatch(line.strip()))


def _last(out: str, err: str) -> str:
    return last_lines([line for line in (*err.splitlines(), *out.splitlines()) if not _is_told(line)])


def last_lines(lines: Sequence[str]) -> str:
    """The last lines of a job that failed, as an error's message has them after its own."""
    return "".join(f"\n  {line}" for line in [each for each in lines if each.strip()][-LAST_LINES:])
