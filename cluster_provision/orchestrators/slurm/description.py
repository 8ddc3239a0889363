"""The description of a cloud's Slurm cluster, as it gets into the state store, and the proof that it asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.slurm.cloud import CLUSTER_FILE, CloudCluster, digest_of, read_cloud_cluster

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud_record import ClusterRecord
    from cluster_provision.state.base import StateStore


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


def write(store: StateStore, cluster: CloudCluster) -> str:
    """Write the description, where it is another one; returns its digest."""
    text = cluster.text()
    if store.read(CLUSTER_FILE) != text:
        store.write(CLUSTER_FILE, text)
    return digest_of(text)
