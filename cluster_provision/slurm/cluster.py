"""What a Slurm cluster is, whatever settings or cloud it comes from: the input of `conf` and `roles`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.slurm.package_names import DEBIAN, PackageNames

if TYPE_CHECKING:
    from cluster_provision.settings.readers.slurm.packages import PackageUrl
    from cluster_provision.settings.readers.slurm.partitions import Partition
    from cluster_provision.settings.readers.slurm.repository import AptRepository
    from cluster_provision.slurm.release import Release


@dataclass(frozen=True)
class Gpus:
    """Equal GPUs of one node. `type` is Slurm's word for them, such as h100.

    `files` are the device files, one a GPU; a MIG device is several files, joined by commas, in one entry. `cores` are
    Slurm's numbers of the cores beside each, such as `0-47`; there are none where any core is as good.
    """

    type: str
    files: tuple[str, ...]
    cores: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.files)


@dataclass(frozen=True)
class SlurmNode:
    """A compute node. `sockets` are all of the machine's; `memory_mb` is what it has, before anything is kept back.

    A `cloud` node is made when it is wanted. `cpus` are threads.
    """

    name: str
    address: str
    cpus: int
    sockets: int
    cores: int
    threads: int
    memory_mb: int
    boards: int = 1
    gpus: tuple[Gpus, ...] = ()
    features: tuple[str, ...] = ()
    cloud: bool = False


@dataclass(frozen=True)
class Machine:
    """A machine of the cluster. `address` is the one by which the others reach it, `addresses` all of IPv4 that it has,
    as far as they are known: what it sends may come from any of them.

    `host_keys` are sshd's public keys, each `<type> <base64>`. `own_name` is what `hostname -s` says, where that stays
    another than `name`.
    """

    name: str
    address: str
    aliases: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ()
    own_name: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Switch:
    """A switch of the network: its nodes, or the switches below it."""

    name: str
    nodes: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """A folder that the NFS server exports. `clients` are as in exports(5): `10.0.0.0/24(rw,sync) *(ro)`."""

    path: str
    clients: str = "*(rw,sync,no_root_squash)"


@dataclass(frozen=True)
class Share:
    """An NFS folder that every machine but its server mounts. `server` may be outside of the cluster.

    One that is `own` is the cluster's, though its server is outside: the controller makes homes in it. With `within`,
    it lies in a share that is mounted there already, and is bound from it, made where it isn't there.
    """

    server: str
    path: str
    target: str
    options: str = "async,vers=3"
    own: bool = False
    within: str = ""


@dataclass(frozen=True)
class DatabaseServer:
    """A server of MySQL outside of the cluster, by its name on the network, and the user with all rights there.

    `server` is the cloud's id of it, by which the controller sets that user's password.
    """

    host: str
    user: str
    server: str = ""


@dataclass(frozen=True)
class ClusterUser:
    """A user who is the same on every machine. `keys` are public SSH keys. A `locked` one was taken off the list."""

    name: str
    uid: int
    gid: int
    sudo: bool = False
    keys: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True)
class Power:
    """Programs that make and remove `cloud` nodes. `suspend_after` is in seconds of idleness; `None`: only by hand."""

    resume: str
    suspend: str
    suspend_after: int | None = None
    resume_timeout: int = 900
    suspend_timeout: int = 300


@dataclass(frozen=True)
class Monitoring:
    """Prometheus on the controller, exporters on all machines; `gpu_packages` are those of dcgm-exporter for nodes with
    GPUs, in the order of their installation, and `grafana` is Grafana's for the controller. `remote_write` is the URL
    of Azure Monitor's that Prometheus writes to besides, empty for none. `ops_agent`: Google's agent sends what each
    machine's own exporters count; `agent` is its package, `None` where the machine has it otherwise."""

    gpu_packages: tuple[PackageUrl, ...] = ()
    grafana: PackageUrl | None = None
    remote_write: str = ""
    ops_agent: bool = False
    agent: PackageUrl | None = None


@dataclass(frozen=True)
class SlurmCluster:
    """A whole cluster. `machines` are all of them, in the order of the settings; the other fields name them.

    `controller` also runs the database where there is `accounting`, but for a `database` on a server outside. `extra`
    are the user's own keys of slurm.conf, each once, in their order; `cgroup_extra` those of cgroup.conf. `ssh_user` is
    the account by which the machines are reached: it never loses its way in. `ssh_exceptions` are users who may log in
    to nodes without a job, `ssh_groups` groups of such.
    `adopt`: whether others need one. `containers`: whether jobs may run in containers (oci.conf).
    `nfs_clients` are the machines that mount the `shares`.
    `plugstack` are lines of plugstack.conf. `slurm_uid` is the number of the user and group slurm, which must be the
    same on every machine; 64030 is Debian's. `samples` is the folder for examples of jobs, empty for the usual place.
    `packages` are the names of Slurm's packages, which may come from a `repository`; `fetched` are those of Pyxis.
    `code_cli` is the archive of `code` for the machines that users log in to.
    `monitoring` is `None` for none.
    """

    name: str
    release: Release
    controller: str
    machines: tuple[Machine, ...]
    nodes: tuple[SlurmNode, ...]
    logins: tuple[str, ...] = ()
    partitions: tuple[Partition, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    cgroup_extra: tuple[tuple[str, str], ...] = ()
    accounting: bool = True
    database: DatabaseServer | None = None
    adopt: bool = True
    containers: bool = False
    ssh_user: str = ""
    ssh_exceptions: tuple[str, ...] = ()
    ssh_groups: tuple[str, ...] = ()
    users: tuple[ClusterUser, ...] = ()
    nfs_server: str = ""
    exports: tuple[Export, ...] = ()
    shares: tuple[Share, ...] = ()
    nfs_clients: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()
    power: Power | None = None
    plugstack: tuple[str, ...] = ()
    set_hostname: bool = True
    slurm_uid: int = 64030
    samples: str = ""
    packages: PackageNames = DEBIAN
    repository: AptRepository | None = None
    fetched: tuple[PackageUrl, ...] = ()
    code_cli: PackageUrl | None = None
    monitoring: Monitoring | None = None

    def machine(self, name: str) -> Machine:
        """The machine of this name. Raises KeyError where there is none."""
        for each in self.machines:
            if each.name == name:
                return each
        raise KeyError(name)

    def node(self, name: str) -> SlurmNode | None:
        """The compute node of this name, `None` for a machine that is none."""
        return next((each for each in self.nodes if each.name == name), None)


@dataclass(frozen=True)
class HostCa:
    """The authority that vouches for the host keys of a cloud's nodes: OpenSSH's texts of its two keys."""

    private: str = field(repr=False)
    public: str


@dataclass(frozen=True)
class Secrets:
    """What only the cluster's own machines may read.

    `munge_key` is any text of 32 to 1024 characters; `database_password` has no blank, quote or #.
    """

    munge_key: str = field(repr=False)
    database_password: str = field(default="", repr=False)
    ssh_private_key: str = field(default="", repr=False)
    ssh_public_key: str = ""
