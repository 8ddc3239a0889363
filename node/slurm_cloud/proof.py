"""The job that proves the cluster, run by the controller itself over the nodes that should be on."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady, ProvisionError
from cluster_provision.orchestrators.slurm.proof import prove
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.cloud import read_cloud_cluster
from node.machine.programs import Failure
from node.slurm_cloud.join import described
from node.slurm_cloud.place import PROOF_FILE, write_json
from node.slurm_power import slurm
from node.slurm_power.kept import read_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_cloud.storage import Store

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 2.0
RUNNING, OK, FAILED = "running", "ok", "failed"


@dataclass(frozen=True)
class Ended:
    """What a program wrote, as `prove` reads it."""

    stdout: bytes
    stderr: bytes
    exit_code: int


@dataclass(frozen=True)
class Here:
    """The controller, as seen by itself."""

    controller_name: str
    slurm_nodes: tuple[str, ...]

    def on_controller(self, words: Sequence[str], feed: str = "") -> Any:
        done = subprocess.run([*words], input=feed.encode(), capture_output=True, check=False)
        return Ended(done.stdout, done.stderr, done.returncode)


def prove_here(store: Store) -> None:
    """Run it, and keep its outcome in PROOF_FILE."""
    given = read_cloud_cluster(described(store))
    wanted = tuple(name for name in given.nodes if name in read_kept().wanted)
    told: dict[str, Any] = {"name": given.proof, "status": RUNNING, "nodes": fold_hostlist(wanted), "detail": ""}
    write_json(PROOF_FILE, {**told, "lines": []})
    try:
        if not wanted:
            write_json(PROOF_FILE, {**told, "status": OK, "detail": "no node should be on", "lines": []})
            return
        states = _all_up(wanted, given.proof_minutes * 60)
        lines: list[str] = []
        for partition, nodes in _by_partition(states).items():
            proof = prove(Here(given.controller, given.nodes), partition, nodes, given.proof_minutes)
            lines += proof.said
        write_json(PROOF_FILE, {**told, "status": OK, "lines": lines})
    except ProvisionError as failure:
        detail = f"{failure.message}\n{failure.advice}" if failure.advice else failure.message
        write_json(PROOF_FILE, {**told, "status": FAILED, "detail": detail, "lines": []})


def _all_up(wanted: tuple[str, ...], seconds: float) -> list[NodeState]:
    """Wait for all of them; slurmctld may be away for a while meanwhile. Raises NotReady."""
    deadline = time.monotonic() + seconds
    here: list[NodeState] = []
    away, pause = "", FIRST_PAUSE
    while True:
        try:
            states = slurm.node_states()
            here, away = [states[name] for name in wanted if name in states], ""
        except Failure as failure:
            away = str(failure)
        late = [state for state in here if not state.ready]
        if not away and not late and len(here) == len(wanted):
            return here
        if time.monotonic() >= deadline:
            unknown = fold_hostlist(set(wanted) - {state.name for state in here})
            told = [away, *(f"{each.name}: {each.words} {each.reason}".rstrip() for each in late)]
            told += [f"{unknown}: not known to Slurm"] if unknown and not away else []
            raise NotReady(f"not up after {seconds / 60:g} minutes: {'; '.join(filter(None, told))}")
        time.sleep(pause)
        pause = min(pause * 1.2, LONGEST_PAUSE)


def _by_partition(states: list[NodeState]) -> dict[str, list[str]]:
    """Each node once, in the first partition that has it; a partition's nodes make one job."""
    found: dict[str, list[str]] = {}
    for state in states:
        found.setdefault(state.partitions[0] if state.partitions else "", []).append(state.name)
    return found
