"""The container job that proves the cluster: a task on each node, which reads what only its container has."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.orchestrators.slurm.all_reduce import NOT_STARTED
from cluster_provision.orchestrators.slurm.proof import QUIT, TIMED_OUT, last_lines
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm import paths
from cluster_provision.slurm.proof_container import FILE, FIRST_WORD, UID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from cluster_provision.orchestrators.slurm.controller import Controller

    Way = Literal["--container", "Pyxis"]
    """How jobs run in containers: by Slurm's own --container, or by Pyxis."""

JOB = "cluster-provision-container"


@dataclass(frozen=True)
class ContainerProof:
    """The nodes whose task ran in a container; `unknown` says why nobody can tell of the others."""

    nodes: tuple[str, ...]
    unknown: str = ""


def prove_containers(
    controller: Controller, way: Way, partition: str, nodes: Sequence[str], minutes: int
) -> ContainerProof:
    """Run the job over these nodes of a partition, as a user of the system's.

    Raises NodeSetupError where it ran and failed, NotReady where it did not come to run in time. Where the partition
    doesn't take such a job, or the image is one that Pyxis may not like, nothing is known.
    """
    listed = fold_hostlist(nodes)
    words = (
        *("timeout", "--signal=INT", "--kill-after=20", f"{minutes}m"),
        *("setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups"),
        *("srun", f"--job-name={JOB}", f"--partition={partition}", f"--nodes={len(nodes)}", f"--nodelist={listed}"),
        *("--ntasks-per-node=1", "--mpi=none", f"--time={minutes + 1}", "--chdir=/", QUIT),
        *_container(way),
        *("/usr/bin/cat", FILE),
    )
    ended = controller.on_controller(words)
    out, err = ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
    told = set(re.findall(rf"^{FIRST_WORD} (\S+)$", out, re.MULTILINE))
    ran = tuple(node for node in nodes if node in told)
    if ended.exit_code == TIMED_OUT:
        raise NotReady(
            f"the container job that proves the cluster did not end within {minutes} minutes on {listed}"
            f"{last_lines(err.splitlines())}",
            f"`squeue` on {controller.controller_name} says what it waits for. PROOF_TIMEOUT gives it longer.",
        )
    if not ended.exit_code and len(ran) == len(nodes):
        return ContainerProof(ran)
    if refused := NOT_STARTED.search(err):
        return ContainerProof(ran, f"Slurm gave no nodes for it in {partition}: {refused[1].strip()}")
    missing = fold_hostlist([node for node in nodes if node not in told]) or listed
    if way == "Pyxis":
        return ContainerProof(ran, f"it did not run on {missing}{last_lines(err.splitlines())}")
    raise NodeSetupError(
        f"the container job that proves the cluster failed on {missing}{last_lines(err.splitlines())}",
        f"The same by hand, on {controller.controller_name}: {shlex.join(words[4:])}. The nodes' own words are in "
        "/var/log/slurm/slurmd.log there; users' jobs in containers need user namespaces and runc.",
    )


def _container(way: Way) -> tuple[str, ...]:
    """What srun is told (srun(1), `--container`; Pyxis' README)."""
    if way == "--container":
        return (f"--container={paths.PROOF_BUNDLE}",)
    return (f"--container-image={paths.PROOF_IMAGE}", "--no-container-mount-home")
