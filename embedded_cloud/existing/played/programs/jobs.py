"""srun(1) and sbatch(1): a job's tasks run at once, on the nodes that it names or that are free."""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import struct
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.played.programs.hostlist import expand
from embedded_cloud.existing.played.programs.slurm import UNREACHABLE, Cluster, Node, cluster_of, drain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_cloud.existing.played.process import Call

RANK_AT = 256  # in pmix_proc_t of OpenPMIx 2 to 5, after the name space
VALUED = ("-N", "-n", "-p", "-w", "-J", "-t", "-c", "-G", "-D", "-o", "-e")
MEETS = "PMIx_Init"


def srun(call: Call) -> int:
    cluster = cluster_of(call.machine)
    if cluster is None:
        return call.fail(f"srun: error: Unable to allocate resources: {UNREACHABLE}")
    options, words = _split(call.arguments)
    asked = _value(options, "--nodelist", "-w")
    count = int((_value(options, "--nodes", "-N") or "1").partition("-")[0])
    names = expand(asked) if asked else [each.name for each in cluster.nodes.values() if each.state == "IDLE"][:count]
    if unknown := [name for name in names if name not in cluster.nodes]:
        return call.fail(f"srun: error: Unable to allocate resources: Invalid node name specified ({unknown[0]})")
    nodes = [cluster.nodes[name] for name in names]
    if not nodes or (waits := [each.name for each in nodes if each.state != "IDLE"]):
        which = "/".join(waits) if nodes else "nodes"
        return call.fail(
            f"srun: error: Unable to allocate resources: Requested node configuration is not available ({which})"
        )
    tasks = int(_value(options, "--ntasks-per-node") or "1")
    if bundle := _value(options, "--container") or _value(options, "--container-image").removesuffix(".sqsh"):
        return _contained(call, nodes, bundle, words)
    return _run(call, cluster, nodes, tasks, words)


def sbatch(call: Call) -> int:
    cluster = cluster_of(call.machine)
    if cluster is None:
        return call.fail(f"sbatch: error: Batch job submission failed: {UNREACHABLE}")
    with cluster.controller.changing() as state:
        state["jobs"] = int(state.get("jobs", 0)) + 1
        call.say(f"Submitted batch job {state['jobs']}")
    return 0


def timeout(call: Call) -> int:
    """timeout(1): nothing here takes long."""
    at = next(at for at, each in enumerate(call.arguments) if not each.startswith("-"))
    return _pass_on(call, call.arguments[at + 1 :])


def setpriv(call: Call) -> int:
    """setpriv(1): nobody here is anybody else."""
    at = next(at for at, each in enumerate(call.arguments) if not each.startswith("-"))
    return _pass_on(call, call.arguments[at:])


def env(call: Call) -> int:
    """env(1)."""
    at = next((at for at, each in enumerate(call.arguments) if "=" not in each), len(call.arguments))
    return _pass_on(call, call.arguments[at:])


def all_reduce_perf(call: Call) -> int:
    """nccl-tests' table without a row: nothing was measured."""
    call.say("# rehearsal: this machine is only played, so nothing was measured\n# nThread 1 nGpus 1")
    call.say("# Out of bounds values : 0 OK\n# Avg bus bandwidth    : 0 \n#")
    return 0


def _run(call: Call, cluster: Cluster, nodes: Sequence[Node], tasks: int, words: Sequence[str]) -> int:
    status = 0
    for node in nodes:
        if node.machine is not None and (why := node.machine.told.get("prolog")):
            drain(cluster, node.name, str(why))
            status = call.fail(f"srun: error: Task launch for StepId=1.0 failed on node {node.name}: {why}")
    if status:
        return status
    for rank in range(len(nodes) * tasks):
        node = nodes[rank // tasks]
        if node.machine is not None:
            status = max(status, _task(call, node, rank, words))
    return status


def _contained(call: Call, nodes: Sequence[Node], bundle: str, words: Sequence[str]) -> int:
    """A task on each, in a bundle or an image made of it: `cat` is played, which reads below the bundle's root."""
    for node in nodes:
        file = f"{bundle}/rootfs{words[-1]}"
        if node.machine is None or not node.machine.path(file).is_file():
            return call.fail(f"srun: error: {node.name}: task 0: Exited with exit code 1")
        call.out.write(node.machine.read(file))
    return 0


def _task(call: Call, node: Node, rank: int, words: Sequence[str]) -> int:
    """One task. The one program in Python that is run meets the others by PMIx; here that is a stand-in."""
    if words[:1] == ["python3"] and MEETS in words[-1]:
        return _python(call, words[-1], {"SLURMD_NODENAME": node.name, "SLURM_PROCID": str(rank)}, rank)
    if words[:1] == ["hostname"]:
        call.say(node.name)
        return 0
    return _pass_on(call, words)


def _python(call: Call, code: str, environ: dict[str, str], rank: int) -> int:
    before, library, printed = dict(os.environ), ctypes.CDLL, io.StringIO()
    ctypes.CDLL = lambda *_, **__: _Pmix(rank)  # type: ignore[assignment,misc]
    os.environ.update(environ)
    status: Any = 0
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - the tool's own program
    except SystemExit as ended:
        status = ended.code or 0
    finally:
        ctypes.CDLL = library  # type: ignore[misc]
        os.environ.clear()
        os.environ.update(before)
    call.out.write(printed.getvalue())
    return int(status)


class _Pmix:
    """libpmix, as far as a task needs it to meet the others."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def PMIx_Init(self, own: Any, *_: Any) -> int:
        struct.pack_into("I", own, RANK_AT, self._rank)
        return 0

    def PMIx_Fence(self, *_: Any) -> int:
        return 0

    PMIx_Finalize = PMIx_Fence


def _pass_on(call: Call, words: Sequence[str]) -> int:
    try:
        done = call.run(words)
    except FileNotFoundError:
        return call.fail(f"{words[0] if words else ''}: No such file or directory", 127)
    call.out.write(done.out.getvalue())
    call.err.write(done.err.getvalue())
    return done.status


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options, and the command after them."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in VALUED else 1
    return list(arguments[:at]), list(arguments[at:])


def _value(options: Sequence[str], *names: str) -> str:
    for at, each in enumerate(options):
        name, joined, value = each.partition("=")
        if name in names:
            return value if joined else options[at + 1]
    return ""
