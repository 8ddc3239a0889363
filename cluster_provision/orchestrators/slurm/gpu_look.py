"""What each node has for the all-reduce, as a job finds it there: GPUs, InfiniBand, and the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.orchestrators.slurm.all_reduce import NOT_STARTED, step_options, stopped_after
from cluster_provision.slurm.outputs.task_ends import first_to_fail

if TYPE_CHECKING:
    from cluster_provision.orchestrators.slurm.all_reduce import Program
    from cluster_provision.orchestrators.slurm.controller import Controller
    from cluster_provision.orchestrators.slurm.free_nodes import FreeNodes

LIMIT = 120
"""Seconds; a driver whose GPU has fallen off the bus may take a minute to say so."""

LOOK = """
gpus=$(timeout 60 nvidia-smi -L 2>/dev/null)
count=$(printf '%s' "$gpus" | grep -c '^GPU ')
mig=$(printf '%s' "$gpus" | grep -c '^ *MIG ')
device=$(printf '%s\\n' "$gpus" | sed -n 's/^GPU [0-9]*: \\(.*\\) (UUID.*/\\1/p' | head -n 1)
rate=0
for port in /sys/class/infiniband/*/ports/*; do
  if grep -q InfiniBand "$port/link_layer" 2>/dev/null && grep -q ACTIVE "$port/state"; then
    each=$(sed 's/[^0-9].*//' "$port/rate")
    rate=$((rate + ${each:-0}))
  fi
done
program=no
if [ -x "$1" ]; then program=yes; fi
printf 'look|%s|%s|%s|%s|%s|%s\\n' "$SLURMD_NODENAME" "$count" "$mig" "$device" "$rate" "$program"
"""
"""Rates are as the kernel writes them: `400 Gb/sec (4X NDR)` (Documentation/ABI/stable/sysfs-class-infiniband)."""


@dataclass(frozen=True)
class NodeLook:
    """A node's GPUs by its driver, how many parts of them, the first one's name, InfiniBand in Gbit/s, and the program.

    `mig` is 0 where the GPUs aren't divided; `program` says whether it is there and can be run.
    """

    gpus: int
    mig: int
    device: str
    fabric: int
    program: bool


@dataclass(frozen=True)
class Looked:
    """What was found by node; `failure` says what kept the job from looking at all of them."""

    nodes: dict[str, NodeLook]
    failure: str = ""

    @property
    def device(self) -> str:
        """The GPUs' name, empty where they aren't all the same."""
        names = {each.device for each in self.nodes.values()}
        return names.pop() if len(names) == 1 else ""

    @property
    def fabric(self) -> int:
        """Gbit/s of InfiniBand that every node has."""
        return min((each.fabric for each in self.nodes.values()), default=0)


def look_at_gpus(controller: Controller, program: Program, free: FreeNodes) -> Looked:
    """Run a job with a task on each of the nodes."""
    options = step_options(free.partition, free.nodes, free.gpus, LIMIT // 60 + 2)
    words = ("srun", *options, "--ntasks-per-node=1", "sh", "-c", LOOK, "look", program.path)
    ended = controller.on_controller((*stopped_after(LIMIT), *words))
    found: dict[str, NodeLook] = {}
    for line in ended.stdout.decode(errors="replace").splitlines():
        parts = line.strip().split("|")
        if len(parts) == 7 and parts[0] == "look" and all(parts[at].isdigit() for at in (2, 3, 5)):
            found[parts[1]] = NodeLook(int(parts[2]), int(parts[3]), parts[4], int(parts[5]), parts[6] == "yes")
    missing = [name for name in free.nodes if name not in found]
    if not missing:
        return Looked(found)
    errors = ended.stderr.decode(errors="replace").splitlines()
    refused = next((match[1].strip() for line in errors if (match := NOT_STARTED.search(line))), "")
    first = first_to_fail(errors)
    said = refused or (first.text() if first else next((line for line in reversed(errors) if line.strip()), ""))
    return Looked(found, f"a job could not look at {', '.join(missing)}: {said or f'exit code {ended.exit_code}'}")
