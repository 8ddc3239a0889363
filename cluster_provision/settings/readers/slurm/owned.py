"""The keys that the tool sets itself, because other parts of it depend on them, and what a user sets instead."""

from __future__ import annotations

_NAME = "the cluster's name is NAME_PREFIX"
_CONTROLLER = "the controller is CONTROLLER"
_NODES = "nodes are NODES; their processors, memory and GPUs are what the machines show"
_MUNGE = "machines know each other by munge, whose key the tool makes"
_PLACE = "the tool keeps to the packages' places, where its other parts look"
_PORT = "the tool keeps Slurm's own ports, 6817 to 6819"
_ACCOUNTING = "accounting is ACCOUNTING=local or off"

_INSTEAD = {
    _NAME: ("ClusterName",),
    _CONTROLLER: ("SlurmctldHost", "ControlMachine", "ControlAddr", "BackupController", "BackupAddr", "SlurmctldAddr"),
    _NODES: ("NodeName", "DownNodes", "NodeSet", "FrontendName"),
    "partitions are PARTITIONS": ("PartitionName",),
    _MUNGE: ("AuthType", "AuthInfo", "CredType", "CryptoType"),
    "slurmctld runs as slurm and slurmd as root": ("SlurmUser", "SlurmdUser"),
    _PLACE: (
        "StateSaveLocation",
        "SlurmdSpoolDir",
        "SlurmctldPidFile",
        "SlurmdPidFile",
        "SlurmctldLogFile",
        "SlurmdLogFile",
        "PluginDir",
        "PlugStackConfig",
    ),
    _PORT: ("SlurmctldPort", "SlurmctldPortRange", "SlurmdPort"),
    _ACCOUNTING: (
        "AccountingStorageType",
        "AccountingStorageHost",
        "AccountingStorageBackupHost",
        "AccountingStoragePort",
        "AccountingStoragePass",
        "AccountingStorageUser",
        "AccountingStorageLoc",
    ),
    "scripts of your own go into /etc/slurm/prolog.d on the nodes": ("Prolog",),
    "scripts of your own go into /etc/slurm/epilog.d on the nodes": ("Epilog",),
    "the tool's own program looks after the nodes": ("HealthCheckProgram",),
}
_BY_KEY = {key.lower(): reason for reason, keys in _INSTEAD.items() for key in keys}
GRES = (
    "the tool writes gres.conf from the device files that the machines show, without AutoDetect (Debian 12 can't "
    "install the plug-in that nvml needs)"
)


def what_instead(key: str) -> str:
    """Return why the tool owns this key and what to set instead; empty for a key that is the user's."""
    return _BY_KEY.get(key.lower(), "")
