"""A Slurm cluster on a cloud, as the tool describes it to the cluster's own machines.

The tool writes it into the state store as CLUSTER_FILE, and every machine reads it there at its start: it compiles its
own plan from it and from its own facts, so that no secret and no guess about an image is in it. The controller goes on
reading it: what a later Create changes arrives there.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.settings.readers.slurm.repository import AptRepository
from cluster_provision.slurm.cluster import ClusterUser, DatabaseServer, Monitoring, Share

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1

# Below <deployment>/ in the state store. The tool writes `files/`, the controller `slurm/`, which users can't read.
CLUSTER_FILE = "files/slurm/cluster.json"
KEY_FILE = "slurm/munge.key"
NAMES_FILE = "slurm/names.json"
HOST_CA_FILE = "slurm/host_ca.json"


@dataclass(frozen=True)
class NodeGroup:
    """A managed instance group or a scale set: its name in the cloud, and the nodes that are made in it.

    With `switch`, its nodes lie close together, and are a switch of topology.conf.
    """

    name: str
    nodes: tuple[str, ...]
    switch: bool = False


@dataclass(frozen=True)
class Pool:
    """Equal nodes that come and go. `on` is how many of them are on after the first Create, the first ones.

    `cpus` are threads, `sockets` all of a machine's, `cores` those of a socket, `threads` those of a core; `memory_mb`
    is what the machine type has. `gpu_type` is Slurm's word, empty without GPUs. With `together`, a resume that can't
    have all its nodes has none (InfiniBand). `hourly` is a node's price in dollars, None where it is unknown.
    """

    name: str
    groups: tuple[NodeGroup, ...]
    on: int
    cpus: int
    sockets: int
    cores: int
    threads: int
    memory_mb: int
    gpu_type: str = ""
    gpus: int = 0
    together: bool = False
    spot: bool = False
    hourly: float | None = None
    features: tuple[str, ...] = ()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of all its nodes, on or off, in order."""
        return tuple(name for group in self.groups for name in group.nodes)


@dataclass(frozen=True)
class Commands:
    """The user's own commands, which machines of these parts run at each start; empty for none."""

    node: str = ""
    controller: str = ""
    login: str = ""


@dataclass(frozen=True)
class CloudCluster:
    """The whole cluster. `place` is where the cloud has it: project and zone; subscription and resource_group.

    `program` is the object with the machines' program, below the deployment. `shares` are of servers outside of the
    cluster; without any, the controller exports /home. `storage` says where homes are, as SHARED_STORAGE does.
    `suspend_time` is in seconds of idleness, None: by hand alone.
    `proof` names the proof that this description asks for: a new name has the controller run its job again, over the
    nodes that should be on; `proof_minutes` is how long it waits for it. `admin` is the account by which people reach
    the machines, empty where the cloud makes accounts; those are in one of `ssh_groups`, which log in to nodes without
    a job, as `ssh_exceptions` do. `max_hourly_cost` limits in dollars what may be on, to which `fixed_hourly` of
    controller, its data disk and login nodes counts. `vault` is Azure's id of the vault that keeps the controller's
    secrets, empty for none.
    """

    cloud: str
    name: str
    place: Mapping[str, str]
    program: str
    controller: str
    logins: tuple[str, ...] = ()
    pools: tuple[Pool, ...] = ()
    partitions: tuple[Partition, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    cgroup_extra: tuple[tuple[str, str], ...] = ()
    accounting: bool = True
    database: DatabaseServer | None = None
    vault: str = ""
    users: tuple[ClusterUser, ...] = ()
    ssh_exceptions: tuple[str, ...] = ()
    ssh_groups: tuple[str, ...] = ()
    shares: tuple[Share, ...] = ()
    storage: str = ""
    repository: AptRepository | None = None
    fetched: tuple[PackageUrl, ...] = ()
    code_cli: PackageUrl | None = None
    suspend_time: int | None = None
    proof: str = ""
    proof_minutes: int = 10
    commands: Commands = field(default_factory=Commands)
    admin: str = ""
    max_hourly_cost: float | None = None
    fixed_hourly: float = 0.0
    monitoring: Monitoring | None = None

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of all nodes, on or off, in order."""
        return tuple(name for pool in self.pools for name in pool.nodes)

    @property
    def first_on(self) -> tuple[str, ...]:
        """The nodes that are on after the first Create, which nothing suspends by itself."""
        return tuple(name for pool in self.pools for name in pool.nodes[: pool.on])

    @property
    def command_machine(self) -> str:
        """The machine that runs STARTUP_COMMAND, once: where users log in."""
        return self.logins[0] if self.logins else self.controller

    def text(self) -> str:
        """The file's text; equal clusters have equal texts."""
        given = {"schema": SCHEMA, **asdict(self)}
        if given["repository"]:
            given["repository"]["key_file"] = None  # its text is what the machines need
        return json.dumps(given, indent=1, sort_keys=True) + "\n"


def digest_of(text: str) -> str:
    """What a machine says in its record of the description that it has applied: 16 hexadecimal digits."""
    return sha256(text.encode()).hexdigest()[:16]


def read_cloud_cluster(text: str) -> CloudCluster:
    """Read CLUSTER_FILE. Raises ValueError where it is of another schema, or not of this form."""
    given: dict[str, Any] = json.loads(text)
    if given.pop("schema", None) != SCHEMA:
        raise ValueError(f"{CLUSTER_FILE} is not of schema {SCHEMA}")
    try:
        return CloudCluster(
            **{
                **given,
                "logins": tuple(given["logins"]),
                "pools": tuple(_pool(each) for each in given["pools"]),
                "partitions": tuple(_partition(each) for each in given["partitions"]),
                "extra": _pairs(given["extra"]),
                "cgroup_extra": _pairs(given["cgroup_extra"]),
                "users": tuple(ClusterUser(**{**each, "keys": tuple(each["keys"])}) for each in given["users"]),
                "ssh_exceptions": tuple(given["ssh_exceptions"]),
                "ssh_groups": tuple(given.get("ssh_groups", ())),
                "database": DatabaseServer(**given["database"]) if given.get("database") else None,
                "shares": tuple(Share(**each) for each in given["shares"]),
                "repository": _repository(given["repository"]),
                "fetched": tuple(PackageUrl(**each) for each in given["fetched"]),
                "code_cli": PackageUrl(**code) if (code := given.get("code_cli")) else None,
                "commands": Commands(**given["commands"]),
                "monitoring": _monitoring(given.get("monitoring")),
            }
        )
    except (KeyError, TypeError) as failure:
        raise ValueError(f"{CLUSTER_FILE} lacks {failure}") from failure


def _monitoring(given: dict[str, Any] | None) -> Monitoring | None:
    if given is None:
        return None
    gpus = tuple(PackageUrl(**each) for each in given["gpu_packages"])
    grafana, agent = (PackageUrl(**given[name]) if given.get(name) else None for name in ("grafana", "agent"))
    return Monitoring(gpus, grafana, given.get("remote_write", ""), given.get("ops_agent", False), agent)


def _pool(given: dict[str, Any]) -> Pool:
    groups = tuple(NodeGroup(**{**each, "nodes": tuple(each["nodes"])}) for each in given["groups"])
    return Pool(**{**given, "groups": groups, "features": tuple(given["features"])})


def _partition(given: dict[str, Any]) -> Partition:
    return Partition(**{**given, "nodes": tuple(given["nodes"]), "options": _pairs(given["options"])})


def _pairs(given: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key, value) for key, value in given)


def _repository(given: dict[str, Any] | None) -> AptRepository | None:
    return AptRepository(**{**given, "components": tuple(given["components"])}) if given else None
