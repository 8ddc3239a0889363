"""Makes this machine its part of the cluster, as the description in the state store says: at its start, and again
whenever that changes."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm import paths
from cluster_provision.slurm.cloud import CLUSTER_FILE, NAMES_FILE, digest_of, read_cloud_cluster
from cluster_provision.slurm.cloud_plan import RESUME, SUSPEND, cluster_of, machine_problems
from cluster_provision.slurm.cluster import Secrets
from cluster_provision.slurm.facts import MachineFacts
from cluster_provision.slurm.plan import Command, File, Folder, Mount, Packages, Plan, Service
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles import host_certificate, plan_of, repository
from cluster_provision.slurm.wanted import slurm_version, wanted_facts
from node.machine.programs import Failure, run
from node.slurm_cloud import disk, facts_file, programs
from node.slurm_cloud.barrier import keep_users_off
from node.slurm_cloud.database import set_password
from node.slurm_cloud.http import CallFailed, patiently
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.place import CLUSTER_COPY, CONTROLLER, JOINED, NODE, NOTES_FILE, ROOT, write_json
from node.slurm_cloud.secret import fetched_authority, fetched_secrets, own_authority, own_secrets
from node.slurm_cloud.told import controllers_facts
from node.slurm_cloud.vault import keep_secrets
from node.slurm_power.ahead import order_ahead
from node.slurm_power.commands import POKE

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import CloudCluster
    from node.slurm_cloud.place import Place
    from node.slurm_cloud.storage import Store

LIMIT = float(os.environ.get("SLURM_JOIN_LIMIT", "1800"))
"""Seconds in which the description, the machine's name and the controller's share must be there."""
NAME_PAUSE = 3.0
"""Seconds between two questions for the machine's name, which comes when the controller has seen the machine."""
PROGRAM_LINK = f"{programs.CURRENT.removeprefix(ROOT)}"
POWER_COMMAND = "/usr/local/sbin/slurm-nodes"

OWN_COMMAND = "the user's own command"
AWAITED = "the controller answers"
COMMAND_FILE = "/usr/local/lib/cluster-provision/command"
COMMAND_LOG = "/var/log/cluster/slurm-command.log"
RAN = "/run/cluster-slurm-command"
"""There once the user's own command has run since the machine's start."""
# The log alone is confidential: what the command makes has the usual modes.
_RUN = """set -u
rm -f "$2"
(umask 027 && : >"$2")
bash "$1" >"$2" 2>&1 </dev/null || {
  status=$?
  tail -n 20 "$2"
  echo "error: the command ended with status $status; $2 has all that it wrote"
  exit 1
}
touch "$3"
"""
_ANSWERS = ("timeout", "5", "bash", "-c", 'exec 3<>"/dev/tcp/$0/$1"')
_AWAIT = """until "${@:3}"; do
  ((SECONDS < $1)) || { echo "slurmctld on $2 does not answer"; exit 1; }
  sleep 0.2
done 2>/dev/null
"""
_COMMAND = f"""#!/bin/sh
# Written by cluster-provision. Python looks for modules where it is started: never where somebody happens to be.
cd {PROGRAM_LINK} || exit
exec python3 -E -s -m node.slurm_power "$(basename "$0")" "$@"
"""
_CALLED = f"""#!/bin/sh
# Written by cluster-provision. What is to be on, slurmctld says itself; this only has it looked at, at once.
touch {POKE} 2>/dev/null || true
"""


HOPELESS = 3
"""The exit status where trying again doesn't help."""


class Hopeless(Failure):
    """Why the machine can't be part of the cluster, however often it tries."""


class Lacking(Hopeless):
    """What the machine lacks now: trying again at once is no use, and later it may have it."""


def join(place: Place, store: Store) -> None:
    """Raises Failure or CallFailed with what keeps the machine from being part of the cluster, Hopeless for good."""
    note = keep_users_off(place.cloud)  # before all that waits: somebody may be logged in
    write_json(NOTES_FILE, [note] if note else [])
    text = described(store)
    try:
        _follow(text, place, store)
    except Exception as failure:
        hopeless = isinstance(failure, Hopeless) and not isinstance(failure, Lacking)
        facts_file.update(part=place.part, tried=digest_of(text), hopeless=hopeless)
        raise


def _follow(text: str, place: Place, store: Store) -> None:
    given = read_cloud_cluster(text)
    programs.make_current(patiently(LIMIT, lambda: programs.fetch(store, given.program)))
    facts = _installed_meanwhile(given) if has_no_name_yet(place) else None
    name = own_name(place, store)
    if place.part == CONTROLLER:
        disk.prepare(place, homes=not given.shares)
        secrets, authority = own_secrets(store, disk.SECRETS), own_authority(store, disk.SECRETS)
        if given.database:
            set_password(given.database, secrets.database_password, Identity(place))
        if given.vault:
            keep_secrets(given.vault, secrets, disk.SECRETS, Identity(place), accounting=given.accounting)
        for problem in order_ahead(given):
            print(problem, flush=True)
    else:
        secrets, authority = fetched_secrets(store), fetched_authority(store)
    facts = facts or _facts_for(given)
    if problems := machine_problems(given, name, facts) if place.part == NODE else ():
        raise Lacking("; ".join(problems))
    plan = own_plan(given, place.part, name, facts, secrets)
    known = host_certificate.resources(cluster_of(given, facts), name, place.address, authority)
    _apply(Plan(plan.cluster, plan.machine, (*known, *plan.resources)))
    write_json(CLUSTER_COPY, json.loads(text), 0o600)  # with NODE_COMMAND and its like, which may be confidential
    told = controllers_facts(given) if place.part == CONTROLLER else {}
    digest = digest_of(text)
    told |= {"applied": digest, "tried": digest, "hopeless": False, "release": _full_release(facts)}
    facts_file.update(part=place.part, name=name, **told)
    write_json(JOINED, digest)


def _installed_meanwhile(given: CloudCluster) -> MachineFacts | None:
    """Install what any node does, while the machine has no name yet; what it is, where nothing was to be installed."""
    facts = _facts_for(given)
    packages = packages_of(given, facts)
    names = {name for each in packages for name in each.names}
    if all((found := facts.packages.get(name)) is not None and found.installed for name in names):
        return facts
    _apply(Plan(given.name, "", tuple(packages)), partial=True)
    return None


def own_plan(given: CloudCluster, part: str, name: str, facts: MachineFacts, secrets: Secrets) -> Plan:
    """The plan of this machine: that of its part, with the power program and the user's own command."""
    plan = plan_of(cluster_of(given, facts), name, facts, secrets)
    if part == CONTROLLER:
        plan = Plan(plan.cluster, plan.machine, (*_power_files(), *plan.resources))
    else:
        plan = awaiting(plan, given.controller)
    return with_command(plan, _command_of(given, part))


def packages_of(given: CloudCluster, facts: MachineFacts) -> list[Packages]:
    """What any node installs, whatever its name will be."""
    plan = plan_of(cluster_of(given, facts), given.nodes[0], facts, Secrets(""))
    return [each for each in plan.resources if isinstance(each, Packages)]


def awaiting(plan: Plan, controller: str) -> Plan:
    """Have the machine wait for slurmctld, before it mounts what is the controller's and slurmd starts."""
    at = [
        number
        for number, each in enumerate(plan.resources)
        if (isinstance(each, Mount) and each.source.startswith(f"{controller}:"))
        or (isinstance(each, Service) and each.name == "slurmd")
    ]
    if not at:
        return plan
    asked = (*_ANSWERS, controller, str(paths.CONTROLLER_PORT))
    wait = Command(AWAITED, ("bash", "-c", _AWAIT, "bash", f"{LIMIT:.0f}", controller, *asked), unless=asked)
    return Plan(plan.cluster, plan.machine, (*plan.resources[: at[0]], wait, *plan.resources[at[0] :]))


def with_command(plan: Plan, text: str) -> Plan:
    """Have the user's own command run, once a start: on a node before Slurm gives it jobs, elsewhere at the end."""
    if not text:
        return plan
    file = File(COMMAND_FILE, text if text.endswith("\n") else f"{text}\n", "0700", secret=True)
    command = Command(OWN_COMMAND, ("sh", "-c", _RUN, "sh", COMMAND_FILE, COMMAND_LOG, RAN), unless=("test", "-e", RAN))
    services = [i for i, each in enumerate(plan.resources) if isinstance(each, Service) and each.name == "slurmd"]
    at = services[0] if services else len(plan.resources)
    return Plan(plan.cluster, plan.machine, (*plan.resources[:at], file, command, *plan.resources[at:]))


def _command_of(given: CloudCluster, part: str) -> str:
    return {CONTROLLER: given.commands.controller, NODE: given.commands.node}.get(part, given.commands.login)


def described(store: Store) -> str:
    """The text of CLUSTER_FILE, which the tool may write after the machine's start."""

    def read() -> str:
        content = store.read(CLUSTER_FILE)
        if content is None:
            raise CallFailed(f"reading {CLUSTER_FILE}", 404, message="the tool has not written it yet")
        return content.decode()

    return patiently(LIMIT, read)


def has_no_name_yet(place: Place) -> bool:
    """Whether the machine is one of a scale set's, which the controller names."""
    return place.part == NODE and place.cloud == "azure"


def own_name(place: Place, store: Store) -> str:
    """The machine's name in Slurm: that of the machine, but for nodes of a scale set, which the controller names."""
    if not has_no_name_yet(place):
        return place.name

    def read() -> str:
        content = store.read(NAMES_FILE)
        name = json.loads(content).get(place.name) if content else None
        if not name:
            raise CallFailed(f"reading {NAMES_FILE}", 404, message=f"the controller has not named {place.name} yet")
        return str(name)

    return patiently(LIMIT, read, NAME_PAUSE)


def _facts_for(given: CloudCluster) -> MachineFacts:
    """What this machine is, once apt knows Slurm: from the cluster's own repository, or the image's lists renewed."""
    if given.repository:
        plain = cluster_of(given, _facts(given))
        _apply(Plan(given.name, "", tuple(repository.resources(plain))), partial=True)
    facts = _facts(given)
    if not slurm_version(facts):
        run("apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "update")
        facts = _facts(given)
    found = slurm_version(facts)
    if not found:
        raise Hopeless(
            "apt offers no Slurm on this machine: choose an image of Ubuntu 24.04 or Debian 12, or name a repository "
            "with SLURM_REPOSITORY"
        )
    release = cluster_of(given, facts).release
    if release < Release.OLDEST:
        raise Hopeless(
            f"apt offers Slurm {found}, and {Release.OLDEST} is the oldest that works here: choose a newer image, or "
            "name a repository with SLURM_REPOSITORY"
        )
    return facts


def _facts(given: CloudCluster) -> MachineFacts:
    wanted = wanted_facts([socket.gethostname()], users=[given.admin] if given.admin else [])
    ended = _program("node.facts", wanted)
    try:
        return MachineFacts.from_json(json.loads(ended.stdout))
    except ValueError:
        raise Failure(f"this machine can't be looked at: {ended.stderr.strip()[-500:]}") from None


def _apply(plan: Plan, *, partial: bool = False) -> None:
    """Raises Failure with what could not be made so. What each resource became is in the step's log."""
    request = {"do": "apply", "cluster": plan.cluster, "plan": plan.to_json(), "partial": partial}
    ended = _program("node.apply", request)
    failed = []
    for line in ended.stdout.splitlines():
        with contextlib.suppress(ValueError):
            told: dict[str, Any] = json.loads(line)
            if told.get("state") in ("changed", "failed", "left"):
                print(f"{told['resource']}: {told['state']} {told['detail']}", flush=True)
            if told.get("state") == "failed":
                failed.append(f"{told['resource']}: {told['detail']}")
    if failed or ended.returncode:
        kind = Hopeless if any(each.startswith(f"command {OWN_COMMAND}:") for each in failed) else Failure
        raise kind("; ".join(failed) or f"the plan could not be applied: {ended.stderr.strip()[-500:]}")


def _program(module: str, request: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """Run a module of this program, with its request as JSON."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return subprocess.run(
        [sys.executable, "-E", "-s", "-m", module],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
    )


def _power_files() -> list[Folder | File]:
    """The controller's: slurmctld wants its programs to be there when it starts."""
    return [
        Folder("/usr/local/lib/cluster-provision"),
        Folder(paths.PROGRAMS),
        File(RESUME, _CALLED, "0755"),
        File(SUSPEND, _CALLED, "0755"),
        File(POWER_COMMAND, _COMMAND, "0755"),
        File("/usr/local/sbin/azslurm", _COMMAND, "0755"),
    ]


def _full_release(facts: MachineFacts) -> str:
    """The version without epoch and revision, such as 22.05.8."""
    return slurm_version(facts).rpartition(":")[2].partition("-")[0]
