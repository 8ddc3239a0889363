"""The description of a cloud's Slurm cluster, as it gets into the state store, and the proof that it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError, StateStoreError
from cluster_provision.result import Check
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.cloud import CLUSTER_FILE, CloudCluster, read_cloud_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cluster_provision.settings.readers.slurm.shared_storage import SharedStorage
    from cluster_provision.slurm.cloud import Pool
    from cluster_provision.slurm.cloud_record import ClusterRecord
    from cluster_provision.slurm.cluster import DatabaseServer
    from cluster_provision.state.base import StateStore

NODES_THAT_GO = "nodes that go"
STORAGE = "homes"
ACCOUNTING = "accounting"


def with_proof(cluster: CloudCluster, before: CloudCluster | None, record: ClusterRecord, run: str) -> CloudCluster:
    """The description with the proof that it asks for: the earlier one where nothing has changed since it was passed.

    `before` is the description that the machines have, None for none; `run` is a name that no other run has.
    """
    if before is not None and replace(before, proof="") == replace(cluster, proof=""):
        passed = record.proof.name == before.proof and record.proof.status == "ok"
        if passed or record.proof.status == "running":
            return replace(cluster, proof=before.proof)
    return replace(cluster, proof=run)


def written(store: StateStore) -> CloudCluster | None:
    """The description that the machines have; None where there is none that this version can read."""
    text = store.read(CLUSTER_FILE)
    try:
        return read_cloud_cluster(text) if text else None
    except ValueError:
        return None


def write(store: StateStore, cluster: CloudCluster) -> None:
    """Write the description, where it is another one."""
    text = cluster.text()
    if store.read(CLUSTER_FILE) != text:
        store.write(CLUSTER_FILE, text)


def look_at_nodes_that_go(
    store: StateStore, nodes: Sequence[str], there: Callable[[tuple[Pool, ...]], Iterable[str]]
) -> Finding:
    """Refuse settings whose `nodes` lack some that are on: they would be deleted, with the jobs that run on them.

    `there` finds the machines that these pools have now, by their names in Slurm; one that has none yet counts as on.
    """
    text = store.read(CLUSTER_FILE) if store.exists() else None
    if text is None:
        return Finding()
    try:
        before = read_cloud_cluster(text)
    except ValueError as failure:
        told = f"which nodes the cluster has now can't be read: {failure}"
        refused = StateStoreError(told, "Use the version of the tool that made the cluster.")
        return Finding((Check(NODES_THAT_GO, "unknown", told),), (refused,))
    if not set(before.nodes) - set(nodes):
        return Finding()
    on = [name for name in there(before.pools) if name not in nodes]
    if not on:
        return Finding((Check(NODES_THAT_GO, "ok", "all of them are off"),))
    named = fold_hostlist(on)
    problem = (
        f"{named} would no longer be in the cluster (MAX_NODES, PARTITIONS), and is on: it would be deleted, with the "
        "jobs that run on it"
    )
    advice = f"With the settings of before, run Suspend '{named}', which waits for the jobs; then run this again."
    return Finding((Check(NODES_THAT_GO, "failed", named),), (SettingsError((problem,), advice),))


def look_at_storage(store: StateStore, wanted: SharedStorage) -> Finding:
    """Refuse homes in another place: the machines would go on with those that they have mounted, or lose them.

    What this version can't read, `look_at_nodes_that_go` refuses.
    """
    before = written(store) if store.exists() else None
    if before is None or before.storage in ("", wanted.place):
        return Finding()
    problem = (
        f"SHARED_STORAGE={wanted.text}: the cluster's homes are in {before.storage}, and stay there; set "
        f"SHARED_STORAGE={before.storage}, or save what you need, run Destroy, and then Create"
    )
    return Finding((Check(STORAGE, "failed", problem),), (SettingsError((problem,)),))


def look_at_accounting(store: StateStore, wanted: DatabaseServer | None) -> Finding:
    """Refuse accounts in another place, a server or the controller for None: those that there are would stay behind."""
    before = written(store) if store.exists() else None
    if before is None or not before.accounting or before.database == wanted:
        return Finding()
    place = before.database.host if before.database else "the controller"
    word = "mysql" if before.database else "local"
    problem = (
        f"ACCOUNTING: the cluster's accounts are on {place}, and stay there; set ACCOUNTING={word}, or run Destroy, "
        "and then Create"
    )
    return Finding((Check(ACCOUNTING, "failed", problem),), (SettingsError((problem,)),))
