"""NCCL's all-reduce by srun: a task for each GPU of each node, which find each other by PMIx."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.measure import HUNG
from cluster_provision.fleet.nccl.output import Output
from cluster_provision.fleet.nccl.plan import PROGRAM
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.outputs.task_ends import first_to_fail

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.fleet.nccl.plan import Plugin
    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.slurm.outputs.task_ends import TaskEnd

JOB = "cluster-provision-nccl"
WAIT_SECONDS = 60
"""How long a job may wait for nodes that were idle a moment ago."""
KILLED = 137
"""timeout(1) where it had to kill srun."""
ITERATIONS, WARMUP = 20, 5
ENVIRONMENT = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID", "NCCL_DEBUG": "INFO", "NCCL_DEBUG_SUBSYS": "INIT,NET"}
"""As on clouds (fleet/nccl/settings.toml, common). What else NCCL needs here is in the nodes' own /etc/nccl.conf."""
IN_IMAGE = {"MELLANOX_VISIBLE_DEVICES": "all"}
"""Has Enroot's hook (conf/hooks/99-mellanox.sh) put the InfiniBand devices into the container."""
FIND_IN_IMAGE = (
    f"for each in {PROGRAM}_mpi {PROGRAM} /opt/nccl-tests/build/{PROGRAM} /nccl-tests/build/{PROGRAM}; do "
    'if command -v "$each" >/dev/null; then exec "$each" "$@"; fi; done; '
    f"echo 'there is no {PROGRAM} in the image' >&2; exit 127"
)
"""NVIDIA's images of PyTorch have both: the one without the ending is built without MPI."""
NOT_STARTED = re.compile(
    r"srun: (?:error: )?"
    r"((?:Unable to (?:allocate resources|create step|confirm allocation)|Job allocation \d+ has been revoked).*)"
)
"""SchedMD/slurm, src/srun/allocate.c and src/srun/launch.c (read 2026-11-30)."""
TAKEN = re.compile(r"\*\*\* \S+ \S+ ON \S+ CANCELLED AT \S+ DUE TO (PREEMPTION|JOB REQUEUE) \*\*\*")
"""SchedMD/slurm, src/slurmd/slurmstepd/req.c (read 2026-11-30)."""


@dataclass(frozen=True)
class Network:
    """What NCCL needs between nodes of one machine type: variables, a plugin that is on the nodes, and the beginning of
    the name by which it calls the plugin's network; `plugin` is None and `transport` empty where there is none."""

    environment: Mapping[str, str]
    plugin: Plugin | None = None
    transport: str = ""


@dataclass(frozen=True)
class Program:
    """Where all_reduce_perf is: in a folder on the nodes, or in an image that Pyxis makes containers of.

    `networks` has what the nodes of a partition need, where the cloud's machine type tells it.
    """

    folder: str = ""
    image: str = ""
    networks: Mapping[str, Network] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Its path on the nodes, empty where it is in an image."""
        return f"{self.folder.rstrip('/')}/{PROGRAM}" if self.folder else ""


@dataclass(frozen=True)
class Extent:
    """Message sizes in bytes, doubled from one to the next, and the seconds after which a run is taken to hang."""

    begin: int
    end: int
    limit: int


@dataclass(frozen=True)
class Ran:
    """A run that ended. `no_nodes`: Slurm gave it none, or took them away. `first` are the tasks that failed first."""

    nodes: tuple[str, ...]
    exit_code: int
    output: Output
    no_nodes: str = ""
    first: TaskEnd | None = None

    @property
    def hung(self) -> bool:
        """Whether it had to be stopped."""
        return self.exit_code == HUNG

    @property
    def began(self) -> bool:
        """Whether the program printed anything of its own."""
        return bool(self.output.tables or self.output.rows or self.output.ranks)


def all_reduce(
    controller: Controller, program: Program, partition: str, nodes: Sequence[str], gpus: int, extent: Extent
) -> Ran:
    """Run it over these nodes, with a task for each GPU, or one a node where there are none."""
    words = _command(program, partition, nodes, gpus, extent)
    ended = controller.on_controller(words)
    output = Output()
    output.feed(f"+ {shlex.join(words)}")
    errors = ended.stderr.decode(errors="replace").splitlines()
    for line in (*ended.stdout.decode(errors="replace").splitlines(), *errors):
        output.feed(line)
    first = first_to_fail(errors)
    exit_code = HUNG if ended.exit_code == KILLED and first is None else ended.exit_code
    if exit_code == HUNG:
        first = None  # all of them were stopped
    return Ran(tuple(nodes), exit_code, output, _no_nodes(errors, output), first)


def _no_nodes(errors: Sequence[str], output: Output) -> str:
    for line in errors:
        if taken := TAKEN.search(line):
            return f"Slurm took its nodes away: {taken[1].lower()}"
        if (refused := NOT_STARTED.search(line)) and not output.tables:
            return f"Slurm gave no nodes for it: {refused[1].strip()}"
    return ""


def stopped_after(seconds: int) -> tuple[str, ...]:
    """What stands before srun so that it ends: with `--quit-on-interrupt` one SIGINT ends the job, too (srun(1))."""
    return ("timeout", "--signal=INT", "--kill-after=20", str(seconds + WAIT_SECONDS))


def step_options(partition: str, nodes: Sequence[str], gpus: int, minutes: int) -> tuple[str, ...]:
    """What srun is told for a job that has these nodes to itself."""
    return (
        *(f"--job-name={JOB}", f"--partition={partition}", f"--nodes={len(nodes)}"),
        *(f"--nodelist={fold_hostlist(nodes)}", "--exclusive", "--mem=0", f"--time={minutes}"),
        *(f"--immediate={WAIT_SECONDS}", "--quit-on-interrupt", "--chdir=/", *([f"--gres=gpu:{gpus}"] if gpus else [])),
    )


WITH_PLUGIN = (
    'for each in $1; do if [ -d "$each/lib64" ]; then plugin=$each; break; fi; done; '
    '[ -n "$plugin" ] || { echo "$SLURMD_NODENAME has no NCCL plugin for its network: none of $1" >&2; exit 127; }; '
    'export NCCL_LIB_DIR="$plugin/lib64" LD_LIBRARY_PATH="$plugin/lib64:$LD_LIBRARY_PATH"; '
    'if [ -n "$2" ] && [ -r "$plugin/$2" ]; then . "$plugin/$2"; fi; shift 2; exec env "$@"'
)
"""Finds the plugin on the node, takes its script's variables over, and then sets those of the table."""


def _in_network(network: Network | None, run: tuple[str, ...]) -> tuple[str, ...]:
    """The program, with what NCCL needs of the network between several nodes."""
    if network is None:
        return run
    variables = tuple(f"{name}={value}" for name, value in network.environment.items())
    if network.plugin is None:
        return ("env", *variables, *run) if variables else run
    words = ("bash", "-c", WITH_PLUGIN, "plugin", " ".join(network.plugin.folders), network.plugin.profile)
    return (*words, *variables, *run)


def _command(program: Program, partition: str, nodes: Sequence[str], gpus: int, extent: Extent) -> tuple[str, ...]:
    """Tasks aren't bound to processors, as with mpirun: NCCL looks for those near each GPU itself."""
    variables = {**ENVIRONMENT, **(IN_IMAGE if program.image else {})}
    alone = (program.path,) if program.path else ("sh", "-c", FIND_IN_IMAGE, PROGRAM)
    run = _in_network(program.networks.get(partition) if len(nodes) > 1 else None, alone)
    return (
        *stopped_after(extent.limit),
        *("env", *(f"{name}={value}" for name, value in variables.items())),
        *("srun", *step_options(partition, nodes, gpus, extent.limit // 60 + 2)),
        *(f"--ntasks-per-node={gpus or 1}", "--overcommit", "--cpu-bind=none", "--mpi=pmix"),
        *("--kill-on-bad-exit=1", "--label", *([f"--container-image={program.image}"] if program.image else [])),
        *run,
        *("-b", str(extent.begin), "-e", str(extent.end), "-f", "2", "-g", "1", "-c", "1"),
        *("-n", str(ITERATIONS), "-w", str(WARMUP)),
    )
