"""slurm.conf (slurm.conf(5)): the guide's values, gres and PMIx, and the user's own in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.settings.readers.slurm.partitions import ALL, BATCH
from cluster_provision.slurm import paths
from cluster_provision.slurm.conf.default_memory import memory_per_cpu
from cluster_provision.slurm.conf.lines import document, line, pair
from cluster_provision.slurm.conf.nodes import node_lines
from cluster_provision.slurm.release import Release

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.partitions import Partition
    from cluster_provision.slurm.cluster import SlurmCluster

# Lists that both the tool and the user fill: what the tool needs is added to the user's value.
MERGED = ("SlurmctldParameters", "GresTypes", "PrivateData")
LINEAR = "select/linear"
METRICS = "metrics/openmetrics"
# A year: nodes are suspended by hand alone. -1 would refuse to power up by hand before 25.05.
NEVER_IDLE = 31_536_000


def slurm_conf(cluster: SlurmCluster) -> str:
    """Return the whole file."""
    values = slurm_parameters(cluster)
    partitions = cluster.partitions or (BATCH,)
    return document(
        [
            *(pair(key, value) for key, value in values.items()),
            "",
            *node_lines(cluster),
            "",
            *(_partition_line(each, memory_per_cpu(cluster, each, values)) for each in partitions),
        ]
    )


def slurm_parameters(cluster: SlurmCluster) -> dict[str, str]:
    """Return key → value as they are written: the defaults, each replaced by the user's own, whatever its case."""
    values = {
        **_addresses(cluster),
        **_behaviour(cluster),
        **_accounting(cluster),
        **_power(cluster),
        **_metrics(cluster),
    }
    spelt = {key.lower(): key for key in values}
    for given, value in cluster.extra:
        key = spelt.setdefault(given.lower(), given)
        values[key] = _merged(values.get(key, ""), value) if key in MERGED else value
    given_keys = {given.lower() for given, _ in cluster.extra}
    if values["SelectType"].lower() == LINEAR and "selecttypeparameters" not in given_keys:
        values["SelectTypeParameters"] = (
            "CR_Memory"  # as the guide had it; slurmctld ends with this plug-in and CR_Core
        )
    return {key: value for key, value in values.items() if value}


def uses_cgroups(cluster: SlurmCluster) -> bool:
    """Whether any plug-in of the cluster's works by cgroups."""
    values = slurm_parameters(cluster)
    return any("cgroup" in values.get(key, "").lower() for key in ("ProctrackType", "TaskPlugin", "JobAcctGatherType"))


def _addresses(cluster: SlurmCluster) -> dict[str, str]:
    controller = cluster.machine(cluster.controller)
    return {
        "ClusterName": cluster.name,
        # slurmctld starts only where this is the host's own name (src/slurmctld/controller.c).
        "SlurmctldHost": f"{controller.own_name or controller.name}({controller.address})",
        "SlurmctldParameters": ",".join(
            [
                "enable_configless",
                *(["cloud_reg_addrs"] if _clouds(cluster) and cluster.release < _NO_REG_ADDRS else []),
            ]
        ),
        "SlurmUser": "slurm",
        "AuthType": "auth/munge",
        "CredType": "cred/munge",
        "CommunicationParameters": "EnableIPv6" if ":" in controller.address else "",
        "SlurmctldPort": str(paths.CONTROLLER_PORT),
        "SlurmdPort": str(paths.NODE_PORT),
        "StateSaveLocation": paths.CONTROLLER_STATE,
        "SlurmdSpoolDir": paths.NODE_STATE,
        "SlurmctldLogFile": f"{paths.LOGS}/slurmctld.log",
        "SlurmdLogFile": f"{paths.LOGS}/slurmd.log",
        **_process_ids(cluster.release),
    }


def _process_ids(release: Release) -> dict[str, str]:
    """From 23.11 on, the packages' slurmctld runs as slurm, and may write in its unit's own folder of /run alone."""
    return {} if release < Release(23, 11) else {"SlurmctldPidFile": "/run/slurmctld/slurmctld.pid"}


def _behaviour(cluster: SlurmCluster) -> dict[str, str]:
    """The guide's values, but for cons_tres, gres and PMIx, which its later playbook has."""
    return {
        "ReturnToService": "1",
        "SchedulerType": "sched/backfill",
        # Else a job whose prolog fails is held until somebody releases it, though only the node is to blame.
        "SchedulerParameters": "nohold_on_prolog_fail",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core_Memory",
        "TaskPlugin": "task/affinity,task/cgroup",
        "TaskPluginParam": "autobind=none",
        "ProctrackType": "proctrack/cgroup",
        "PropagateResourceLimitsExcept": "MEMLOCK",
        "PrologFlags": "Alloc,Serial,Contain",
        "Prolog": paths.PROLOG,
        "Epilog": paths.EPILOG,
        "HealthCheckProgram": paths.HEALTH,
        "HealthCheckInterval": "300",
        "HealthCheckNodeState": "IDLE",
        "RebootProgram": "/bin/systemctl reboot",
        "ResumeTimeout": str(cluster.power.resume_timeout) if cluster.power else "900",
        "MpiDefault": "pmix",
        "GresTypes": "gpu" if any(node.gpus for node in cluster.nodes) else "",
        "TmpFS": paths.TEMPORARY,
        "SlurmctldTimeout": "120",
        "SlurmdTimeout": "300",
        "InactiveLimit": "0",
        "MinJobAge": "300",
        "KillWait": "30",
        "WaitTime": "0",
        "TopologyPlugin": "topology/tree" if cluster.switches else "",
    }


def _accounting(cluster: SlurmCluster) -> dict[str, str]:
    gathers = {"JobAcctGatherType": "jobacct_gather/cgroup", "JobAcctGatherFrequency": "30"}
    if not cluster.accounting:
        return gathers
    return {
        **gathers,
        "AccountingStorageType": "accounting_storage/slurmdbd",
        "AccountingStorageHost": cluster.controller,
        "AccountingStoragePort": str(paths.DATABASE_PORT),
        "AccountingStorageTRES": "gres/gpu" if any(node.gpus for node in cluster.nodes) else "",
    }


# "The SlurmctldParameters option cloud_reg_addrs is defunct", src/common/read_config.c from 23.11 on.
_NO_REG_ADDRS = Release(23, 11)


def _power(cluster: SlurmCluster) -> dict[str, str]:
    """What cloud nodes need. Before 23.11, sinfo hides those that are off unless PrivateData has cloud."""
    if not cluster.power:
        return {}
    after = cluster.power.suspend_after
    return {
        "PrivateData": "cloud",
        "ResumeProgram": cluster.power.resume,
        "SuspendProgram": cluster.power.suspend,
        "SuspendTime": str(NEVER_IDLE if after is None else after),
        "SuspendTimeout": str(cluster.power.suspend_timeout),
        "ResumeRate": "0",
        "SuspendRate": "0",
    }


# slurm.schedmd.com/metrics.html: slurmctld has metrics from this release on, and none with any PrivateData.
_HAS_METRICS = Release(25, 11)


def _metrics(cluster: SlurmCluster) -> dict[str, str]:
    """slurmctld's own metrics, unless the user keeps anything of the cluster private.

    The tool's own PrivateData makes way: releases that have metrics show cloud nodes that are off without it.
    """
    private = any(key.lower() == "privatedata" and value.strip() for key, value in cluster.extra)
    if cluster.monitoring is None or cluster.release < _HAS_METRICS or private:
        return {}
    return {"MetricsType": METRICS, "PrivateData": ""}


def _clouds(cluster: SlurmCluster) -> bool:
    return any(node.cloud for node in cluster.nodes)


def _merged(ours: str, given: str) -> str:
    """The user's entries, then those of ours that they lack."""
    entries = [entry.strip() for entry in given.split(",") if entry.strip()]
    have = {entry.lower() for entry in entries}
    return ",".join([*entries, *(entry for entry in ours.split(",") if entry and entry.lower() not in have)])


def _partition_line(partition: Partition, memory: int) -> str:
    nodes = "ALL" if partition.nodes == ALL else fold_hostlist(partition.nodes)
    default = [("Default", "YES")] if partition.default else []
    own = [("DefMemPerCPU", str(memory))] if memory else []
    return line(("PartitionName", partition.name), ("Nodes", nodes), *default, *partition.options, *own)
