"""What a machine is, before anything is changed on it: the JSON that `node/facts.py` prints, typed.

The JSON is one object, whose keys are the fields of `MachineFacts` by the same names; objects in it have the fields of
the classes below. `null`, or a key that isn't there, is what could not be looked at: unknown, which is never zero and
never absent. `"schema"` is 1. What depends on the cluster is asked for: the script's first argument is a JSON object
with the lists `packages`, `units`, `ports`, `programs`, `names`, `users` and `groups` (names and numbers), `logins` and
`folders` (for `homes`), each of which may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import UnexpectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCHEMA = 1
NO_PROGRAM = 127
NO_ANSWER = 124


@dataclass(frozen=True)
class Output:
    """What a program wrote: UTF-8, wrong bytes replaced, at most 64 KiB of each stream.

    `exit` is its status; 127: no such program; 124: no answer within 20 seconds, and it was ended.
    """

    exit: int
    out: str = ""
    err: str = ""


@dataclass(frozen=True)
class Processors:
    """From /sys/devices/system/cpu and /sys/devices/system/node, the processors that are online.

    `sockets` are all of the machine's, `cores` those of a socket, `threads` those of a core, `cpus` all threads.
    `of_sockets` has the numbers of each socket's threads, such as `0-47,96-143`.
    """

    cpus: int
    sockets: int
    cores: int
    threads: int
    boards: int = 1
    of_sockets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Package:
    """Versions as dpkg and apt name them, with epoch and revision.

    `installed` is empty for one that isn't, or of which only configuration is left; `candidate` is what apt would
    install, empty where it offers none.
    """

    installed: str = ""
    candidate: str = ""


@dataclass(frozen=True)
class Listener:
    """Something that listens on one of the ports asked for. `program` is empty where it can't be told."""

    port: int
    address: str
    program: str = ""
    protocol: str = "tcp"


@dataclass(frozen=True)
class Account:
    """A user: those of /etc/passwd, and each name or number asked for that only a directory service knows."""

    uid: int
    gid: int
    home: str = ""
    shell: str = ""


@dataclass(frozen=True)
class Home:
    """A folder that is somebody's home: its owner's number, and SHA-256 of each ssh key that may log in by it."""

    owner: int
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class MountPoint:
    """A line of /proc/self/mounts, pseudo file systems (proc, sysfs, cgroup, devpts …) left out, escapes undone."""

    source: str
    target: str
    type: str
    options: str = ""


@dataclass(frozen=True)
class Unit:
    """A unit of systemd as `systemctl is-active` and `is-enabled` say; empty where there is no such unit."""

    active: str = ""
    enabled: str = ""


@dataclass(frozen=True)
class Daemon:
    """A process that runs: its program's name, number, and command line (blanks between the arguments)."""

    program: str
    pid: int
    command: str = ""


@dataclass(frozen=True)
class RdmaPort:
    """A port in /sys/class/infiniband/<device>/ports/<port>.

    `link` is InfiniBand or Ethernet, `state` such as ACTIVE, `rate` the text of the file ("400 Gb/sec (4X NDR)").
    """

    device: str
    port: int
    link: str
    state: str
    rate: str = ""


@dataclass(frozen=True)
class Interface:
    """A network interface but lo. `speed` is in Mbit/s; `addresses` have no prefix length; `state` is up or down."""

    name: str
    addresses: tuple[str, ...] = ()
    state: str = ""
    speed: int | None = None


@dataclass(frozen=True)
class Card:
    """A GPU as the driver's /proc/driver/nvidia/gpus/<bus>/information has it; `minor` is N of /dev/nvidiaN.

    `near` are the processors beside it, by its local_cpulist in /sys/bus/pci/devices.
    """

    bus: str
    minor: int
    model: str = ""
    near: str = ""


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class MachineFacts:
    """A machine, as it was at `clock`.

    Names and system:
      `name`, `fqdn`: `hostname` and what the resolver makes of it; `addresses`: of `interfaces`, link-local ones left
      out; `ssh_address`: the machine's own end of the connection by which it is looked at (SSH_CONNECTION), empty where
      there is none; `os_release`, `dgx_release`, `hosts_file`, `exports_file`: the texts of /etc/os-release,
      /etc/dgx-release (its lines with SERIAL left out), /etc/hosts, /etc/exports, empty where there is no such file;
      `kernel`, `command_line` (/proc/cmdline), `architecture` (`uname -m`), `python` (3.11.2);
      `container`, `virtualization`: what `systemd-detect-virt --container` and `--vm` say, empty for "none";
      `systemd`: `systemctl is-system-running`, empty where it isn't PID 1; `cgroup`: v1, hybrid or v2;
      `cgroup_controllers`: of the root, from cgroup.controllers or /proc/cgroups; `ipv6`: whether it is on;
      `sudo`: how the script has its rights: root, passwordless, password, refused; `selinux`: enforcing, permissive or
      empty.
    Time: `clock` and `boot_time` in seconds since 1970; `time_daemons`: the active ones of chrony, chronyd, ntp, ntpd,
      ntpsec, openntpd, systemd-timesyncd; `time_synchronized`: as timedatectl says.
    Processors, memory, GPUs: `processors`; `memory_mb`: MemTotal in MiB, rounded down; `slurmd_c`: `slurmd -C`;
      `nvidia_smi`: `nvidia-smi -L`; `gpu_files`: /dev/nvidia<number>, by number; `mig_files`: in /dev/nvidia-caps;
      `mig_minors`: the text of /proc/driver/nvidia-caps/mig-minors; `mig_instances`: `nvidia-smi mig -lci`, where the
      cards are divided; `cards`; `pci_gpus`: how many display or 3D controllers of vendor 0x10de /sys/bus/pci has, with
      or without a driver.
    Network: `interfaces`, `rdma`.
    Room: `free_mb`: path → MiB free for root, of /, /var, /tmp, /home; `mounts`.
    Packages: `package_manager`: apt, dnf, zypper or empty; `package_lists`: when apt's lists were fetched, `null` where
      there are none (a candidate that is empty then says nothing); `packages`: by name, those asked for.
    Users: `users` and `groups` by name; groups' values are their numbers; `homes`: by path, those of the accounts asked
      for (`logins`), and each of `folders`, with its folders of their names, as far as they are there.
    What is there already: `slurm_files`: path → text of everything below /etc/slurm, /etc/slurm-llnl and
      /usr/local/etc/slurm*, and of a compiled Slurm's units and programs (node/looks/software.py); `null` for what
      isn't .conf, may be secret (slurmdbd.conf, *.key) or has more than 256 KiB; `slurm_packaged`: those of them that
      belong to a package; `daemons`: running munged, slurmctld, slurmd, slurmdbd, sackd, slurmrestd, mariadbd, mysqld;
      `units`: by name, asked for, and those of these daemons; `listeners`;
      `programs`: asked for, name → path, empty where there is none; `names`: asked for, name → its addresses;
      `clusters`: the clusters for which our own journal is here; `apt_busy`: whether another holds dpkg's lock.
    """

    name: str
    os_release: str
    clock: float
    fqdn: str = ""
    addresses: tuple[str, ...] = ()
    ssh_address: str = ""
    dgx_release: str = ""
    hosts_file: str = ""
    exports_file: str = ""
    kernel: str = ""
    command_line: str = ""
    architecture: str = ""
    python: str = ""
    container: str = ""
    virtualization: str = ""
    systemd: str = ""
    cgroup: str = ""
    cgroup_controllers: tuple[str, ...] = ()
    ipv6: bool | None = None
    sudo: str = ""
    selinux: str = ""
    boot_time: float | None = None
    time_daemons: tuple[str, ...] = ()
    time_synchronized: bool | None = None
    processors: Processors | None = None
    memory_mb: int | None = None
    slurmd_c: Output = field(default_factory=lambda: Output(NO_PROGRAM))
    nvidia_smi: Output = field(default_factory=lambda: Output(NO_PROGRAM))
    gpu_files: tuple[str, ...] = ()
    mig_files: tuple[str, ...] = ()
    mig_minors: str = ""
    mig_instances: Output | None = None
    cards: tuple[Card, ...] = ()
    pci_gpus: int | None = None
    interfaces: tuple[Interface, ...] = ()
    rdma: tuple[RdmaPort, ...] = ()
    free_mb: Mapping[str, int] = field(default_factory=_nothing)
    mounts: tuple[MountPoint, ...] = ()
    package_manager: str = ""
    package_lists: float | None = None
    packages: Mapping[str, Package] = field(default_factory=_nothing)
    apt_busy: bool | None = None
    users: Mapping[str, Account] = field(default_factory=_nothing)
    groups: Mapping[str, int] = field(default_factory=_nothing)
    homes: Mapping[str, Home] = field(default_factory=_nothing)
    slurm_files: Mapping[str, str | None] = field(default_factory=_nothing)
    slurm_packaged: tuple[str, ...] = ()
    daemons: tuple[Daemon, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=_nothing)
    listeners: tuple[Listener, ...] = ()
    programs: Mapping[str, str] = field(default_factory=_nothing)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=_nothing)
    clusters: tuple[str, ...] = ()

    @property
    def short_name(self) -> str:
        """What `hostname -s` says."""
        return self.name.partition(".")[0]

    @classmethod
    def from_json(cls, value: Any) -> MachineFacts:
        """Read what `node/facts.py` printed. Raises UnexpectedError for another form, naming the field."""
        if not isinstance(value, dict) or value.get("schema") != SCHEMA:
            raise UnexpectedError(f"The machine's facts are not an object of schema {SCHEMA}.")
        found: dict[str, Any] = {}
        for each in fields(cls):
            read = value.get(each.name)
            if read is None:
                continue
            try:
                found[each.name] = _READ.get(each.name, _same)(read)
            except (TypeError, ValueError, KeyError, AttributeError) as error:
                raise UnexpectedError(f"The machine's facts have a {each.name} of an unknown form.") from error
        lacking = [name for name in ("name", "os_release", "clock") if name not in found]
        if lacking:
            raise UnexpectedError(f"The machine's facts lack {', '.join(lacking)}.")
        return cls(**found)


def _same(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise TypeError
    return value


def _object(kind: Callable[..., Any]) -> Callable[[Any], Any]:
    """Read one object of `kind`; keys that it doesn't have are ignored, lists are made tuples."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]  # `kind` is a class of this module

    def read(value: Any) -> Any:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in value.items() if k in known})

    return read


def _each(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError
        return tuple(read(each) for each in value)

    return read_list


def _by_name(read: Callable[[Any], Any]) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: MappingProxyType({str(name): read(each) for name, each in value.items()})


_TEXTS = _each(str)
_READ: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(
        ("addresses", "cgroup_controllers", "time_daemons", "gpu_files", "mig_files", "slurm_packaged", "clusters"),
        _TEXTS,
    ),
    **dict.fromkeys(("slurmd_c", "nvidia_smi", "mig_instances"), _object(Output)),
    "processors": _object(Processors),
    "cards": _each(_object(Card)),
    "interfaces": _each(_object(Interface)),
    "rdma": _each(_object(RdmaPort)),
    "free_mb": _by_name(int),
    "mounts": _each(_object(MountPoint)),
    "packages": _by_name(_object(Package)),
    "users": _by_name(_object(Account)),
    "groups": _by_name(int),
    "homes": _by_name(_object(Home)),
    "slurm_files": _by_name(_same),
    "daemons": _each(_object(Daemon)),
    "units": _by_name(_object(Unit)),
    "listeners": _each(_object(Listener)),
    "programs": _by_name(str),
    "names": _by_name(_TEXTS),
}
