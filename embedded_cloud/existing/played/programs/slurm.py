"""Slurm's commands, answered from slurm.conf on the controller and from what runs on the nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.played.programs.hostlist import expand, fold
from embedded_cloud.existing.played.programs.packages import installed
from embedded_cloud.existing.played.programs.systemd import units

if TYPE_CHECKING:
    from embedded_cloud.existing.played.machine import PlayedMachine
    from embedded_cloud.existing.played.process import Call

CONF = "/etc/slurm/slurm.conf"
KEY = "/etc/munge/munge.key"
UNREACHABLE = "Unable to contact slurm controller (connect failure)"


@dataclass(frozen=True)
class Node:
    """A node as slurm.conf has it; `machine` is the one that it is, None for one that isn't there."""

    name: str
    given: dict[str, str]
    machine: PlayedMachine | None
    registered: bool
    reason: str = ""
    partitions: tuple[str, ...] = ()
    jobs: tuple[int, ...] = ()

    @property
    def state(self) -> str:
        if not self.registered:
            return "DOWN*+DRAIN" if self.reason else "DOWN*"
        if self.jobs:
            return "MIXED+DRAIN" if self.reason else "MIXED"
        return "IDLE+DRAIN" if self.reason else "IDLE"


@dataclass(frozen=True)
class Cluster:
    """What slurmctld knows."""

    controller: PlayedMachine
    name: str
    nodes: dict[str, Node]
    partitions: dict[str, tuple[str, ...]] = field(default_factory=dict)


def cluster_of(machine: PlayedMachine) -> Cluster | None:
    """The cluster that a command on this machine asks; None where no slurmctld answers."""
    for controller in (machine, *machine.others()):
        text = controller.read(CONF)
        if controller.is_on and text and units(controller).get("slurmctld", {}).get("active"):
            return _read(controller, text)
    return None


def slurmd(call: Call) -> int:
    if "-V" in call.arguments:
        call.say(f"slurm-wlm {_version(call.machine)}")
        return 0
    told = call.machine.told
    sockets, cores, threads = told["sockets"], told["cores"], told["threads"]
    gres = f" Gres=gpu:{told['gpus']}" if told["gpus"] and _version(call.machine) >= "24" else ""
    call.say(
        f"NodeName={call.machine.name} CPUs={sockets * cores * threads} Boards=1 SocketsPerBoard={sockets} "
        f"CoresPerSocket={cores} ThreadsPerCore={threads} RealMemory={told['memory_mb']}{gres}\nUpTime=12-03:04:05"
    )
    return 0


def scontrol(call: Call) -> int:
    if {"-V", "--version"} & {*call.arguments}:
        call.say(f"slurm-wlm {_version(call.machine)}")
        return 0
    verb, *rest = call.operands
    what = rest[0] if rest else ""
    if verb == "show" and what.startswith("host"):
        names = [name for each in rest[1:] for name in expand(each)]
        call.say("\n".join(names) if what == "hostnames" else fold(names))
        return 0
    cluster = cluster_of(call.machine)
    if verb == "ping":
        call.say(
            f"Slurmctld(primary) at {cluster.controller.name if cluster else 'head'} is {'UP' if cluster else 'DOWN'}"
        )
        return 0 if cluster else 1
    if cluster is None:
        return call.fail(f"slurm_load_{what or 'ctl_conf'} error: {UNREACHABLE}")
    return _ask(call, cluster, verb, what, rest)


def _up(cluster: Cluster | None) -> str:
    return "UP" if cluster else "DOWN"


def _ask(call: Call, cluster: Cluster, verb: str, what: str, rest: list[str]) -> int:
    """What slurmctld answers itself."""
    if verb == "update":
        return _update(call, cluster, dict(each.partition("=")[::2] for each in rest))
    if verb == "show" and what.startswith("node"):
        return _show_nodes(call, cluster, [name for each in rest[1:] for name in expand(each)])
    for key, value in _values(cluster.controller.read(CONF)).items() if what == "config" else ():
        call.say(f"{key:<23} = {value}")
    return 0


def sinfo(call: Call) -> int:
    cluster = cluster_of(call.machine)
    if cluster is None:
        return call.fail(f"slurm_load_partitions: {UNREACHABLE}")
    if form := call.option("-o", "--format"):
        return _formatted(call, cluster, form)
    if {"-R", "--list-reasons"} & {*call.arguments}:
        call.say("REASON               USER      TIMESTAMP           NODELIST")
        for node in cluster.nodes.values():
            if node.reason:
                call.say(f"{node.reason:<20.20} root      2026-11-30T12:00:00 {node.name}")
        return 0
    call.say("PARTITION AVAIL  TIMELIMIT  NODES  STATE NODELIST")
    for partition, names in cluster.partitions.items():
        by_state: dict[str, list[str]] = {}
        for name in names:
            by_state.setdefault(_short(cluster.nodes[name]), []).append(name)
        for state, group in by_state.items():
            call.say(f"{partition:<9} up   infinite {len(group):>6} {state:>6} {fold(group)}")
    return 0


def _formatted(call: Call, cluster: Cluster, form: str) -> int:
    if not {"-h", "--noheader"} & {*call.arguments}:
        call.say("NODELIST STATE")
    for node in cluster.nodes.values():
        told = {"N": node.name, "n": node.name, "t": _short(node), "T": node.state.lower(), "E": node.reason}
        told |= {
            "P": ",".join(node.partitions),
            "G": node.given.get("Gres", "(null)"),
            "c": node.given.get("CPUs", "1"),
        }
        line = form
        for whole, letter in re.findall(r"(%\.?\d*([A-Za-z]))", form):
            line = line.replace(whole, told.get(letter, ""))
        call.say(line)
    return 0


def squeue(call: Call) -> int:
    cluster = cluster_of(call.machine)
    if cluster is None:
        return call.fail(f"slurm_load_jobs error: {UNREACHABLE}")
    asked = call.option("-w", "--nodelist")
    wanted = expand(asked) if asked else list(cluster.nodes)
    if not {"-h", "--noheader"} & {*call.arguments}:
        call.say("             JOBID PARTITION     NAME     USER ST       TIME  NODES NODELIST(REASON)")
    for name in wanted:
        for job in cluster.nodes[name].jobs if name in cluster.nodes else ():
            whole = f"{job:>18} batch     work     user  R    1:00      1 {name}"
            call.say(str(job) if call.option("-o", "--format") else whole)
    return 0


def sacctmgr(call: Call) -> int:
    """Clusters that were added, and the one that slurmctld has registered."""
    if "-V" in call.arguments:
        call.say(f"slurm-wlm {_version(call.machine)}")
        return 0
    words = [each for each in call.operands if each not in ("-i", "--immediate")]
    machines = (call.machine, *call.machine.others())
    databases = [each for each in machines if units(each).get("slurmdbd", {}).get("active")]
    if not databases:
        return call.fail("sacctmgr: error: slurm_persist_conn_open_without_init: failed to open persistent connection")
    if words[:2] == ["add", "cluster"]:
        with databases[0].changing() as state:
            state.setdefault("accounted", []).append(words[2])
        return 0
    if words[:1] in (["show"], ["list"]) and words[1:2] and words[1].startswith("cluster"):
        cluster = cluster_of(call.machine)
        names = [*databases[0].state.get("accounted", ()), *([cluster.name] if cluster else [])]
        for name in dict.fromkeys(names):
            call.say(f"{name}|" if {"-p", "-np", "--parsable"} & {*call.arguments} else name)
    return 0


def drain(cluster: Cluster, name: str, reason: str) -> None:
    with cluster.controller.changing() as state:
        state.setdefault("drained", {})[name] = reason


def _read(controller: PlayedMachine, text: str) -> Cluster:
    machines = {each.name: each for each in (controller, *controller.others())}
    drained, key = controller.state.get("drained", {}), controller.read(KEY)
    given: dict[str, dict[str, str]] = {}
    members: dict[str, tuple[str, ...]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        words = dict(each.partition("=")[::2] for each in line.partition("#")[0].split())
        if "NodeName" in words and words["NodeName"] != "DEFAULT":
            given.update(dict.fromkeys(expand(words["NodeName"]), words))
        if "PartitionName" in words and words["PartitionName"] != "DEFAULT":
            nodes = words.get("Nodes", "")
            members[words["PartitionName"]] = tuple(given if nodes == "ALL" else expand(nodes))
    found = {}
    for name, words in given.items():
        machine = machines.get(name)
        at = tuple(partition for partition, names in members.items() if name in names)
        jobs = tuple(machine.told.get("jobs") or ()) if machine else ()
        registered = machine is not None and _registered(machine, key)
        found[name] = Node(name, words, machine, registered, drained.get(name, ""), at, jobs)
    shown = {name: tuple(each for each in names if each in found) for name, names in members.items()}
    return Cluster(controller, _values(text).get("ClusterName", "cluster"), found, shown)


def _registered(machine: PlayedMachine, key: str) -> bool:
    """Whether slurmctld hears of the node: its slurmd runs, and munge on both sides has one key."""
    return bool(machine.is_on and units(machine).get("slurmd", {}).get("active") and machine.read(KEY) == key)


def _values(text: str) -> dict[str, str]:
    """The cluster's own keys, without those of nodes and partitions."""
    found = {}
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].strip().partition("=")
        if key and key not in ("NodeName", "PartitionName"):
            found[key] = value
    return found


def _update(call: Call, cluster: Cluster, given: dict[str, Any]) -> int:
    asked = {key.lower(): value for key, value in given.items()}
    for name in expand(asked.get("nodename", "")):
        if name not in cluster.nodes:
            return call.fail(f"slurm_update error: Invalid node name specified ({name})")
        state = asked.get("state", "").lower()
        if state == "drain":
            drain(cluster, name, asked.get("reason", "").strip("'\""))
        elif state in ("resume", "idle", "undrain"):
            with cluster.controller.changing() as kept:
                kept.get("drained", {}).pop(name, None)
    return 0


def _show_nodes(call: Call, cluster: Cluster, names: list[str]) -> int:
    for name in names or cluster.nodes:
        node = cluster.nodes.get(name)
        if node is None:
            return call.fail(f"Node {name} not found")
        its, sockets = node.given, int(node.given.get("Sockets") or node.given.get("SocketsPerBoard") or 1)
        cpus = int(its.get("CPUs") or sockets * int(its.get("CoresPerSocket", 1)) * int(its.get("ThreadsPerCore", 1)))
        told = {
            "NodeName": name,
            "Arch": "x86_64",
            "CoresPerSocket": its.get("CoresPerSocket", "1"),
            "CPUAlloc": "0",
            "CPUEfctv": str(cpus),
            "CPUTot": str(cpus),
            "CPULoad": "0.00",
            "AvailableFeatures": its.get("Feature", its.get("Features", "(null)")),
            "ActiveFeatures": its.get("Feature", its.get("Features", "(null)")),
            "Gres": its.get("Gres", "(null)"),
            "NodeAddr": its.get("NodeAddr", name),
            "NodeHostName": its.get("NodeHostname", name),
            "Version": _version(node.machine) if node.machine and node.registered else "",
            "RealMemory": its.get("RealMemory", "1"),
            "AllocMem": "0",
            "Sockets": str(sockets),
            "Boards": "1",
            "State": node.state,
            "ThreadsPerCore": its.get("ThreadsPerCore", "1"),
            "Partitions": ",".join(node.partitions),
        }
        reason = f" Reason={node.reason} [root@2026-11-30T12:00:00]" if node.reason else ""
        call.say(" ".join(f"{key}={value}" for key, value in told.items()) + reason)
    return 0


def _short(node: Node) -> str:
    if node.reason:
        return "drng" if node.jobs else "drain" if node.registered else "drain*"
    return "down*" if not node.registered else "mix" if node.jobs else "idle"


def _version(machine: PlayedMachine) -> str:
    there = installed(machine)
    package = next((name for name in ("slurmd", "slurmctld", "slurm-client") if name in there), "")
    return there.get(package, "").partition("-")[0]
