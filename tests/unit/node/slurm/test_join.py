"""What a machine finds out and does before it applies its plan."""

from __future__ import annotations

import json
import socket
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cloud import NAMES_FILE, Commands, digest_of
from cluster_provision.slurm.cloud_plan import RESUME, SUSPEND
from cluster_provision.slurm.cluster import HostCa
from cluster_provision.slurm.facts import Package
from cluster_provision.slurm.plan import Command, File, Mount, Packages, Plan, Service
from cluster_provision.slurm.wanted import wanted_facts
from node.machine.programs import Failure
from node.slurm_cloud import barrier, join
from node.slurm_cloud.barrier import bar_users
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.join import AWAITED, Hopeless, Lacking, awaiting, own_name, own_plan, packages_of, with_command
from node.slurm_cloud.place import Place
from tests.unit.node.power.kit import CLUSTER
from tests.unit.node.slurm.services import GOOGLE
from tests.unit.slurm.clusters import SECRETS, facts

if TYPE_CHECKING:
    from pathlib import Path

    from node.slurm_cloud.storage import Store

PLAN = Plan("vega", "vega-hpc-1", (File("/a", "a"), Service("munge"), Service("slurmd"), File("/b", "b")))
VMSS = Place("azure", "node", "vegahpc000003", "vega-ctl", "c", "d")


class Objects:
    def __init__(self, **objects: object) -> None:
        self._objects = {NAMES_FILE: json.dumps(objects).encode()} if objects else {}

    def read(self, name: str) -> bytes | None:
        return self._objects.get(name)

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        raise AssertionError


def _store(**names: object) -> Store:
    return Objects(**names)


def test_a_machine_with_a_name_of_its_own_is_that_node() -> None:
    assert own_name(GOOGLE, _store()) == "vega-ctl"


def test_a_scale_sets_machine_is_the_node_that_the_controller_names() -> None:
    assert own_name(VMSS, _store(vegahpc000003="vega-hpc-6")) == "vega-hpc-6"


def test_a_scale_sets_machine_waits_for_its_name_and_then_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "LIMIT", 0.0)
    with pytest.raises(CallFailed, match="has not named vegahpc000003 yet"):
        own_name(VMSS, _store(other="vega-hpc-6"))


def test_a_command_runs_on_a_node_before_slurm_gives_it_jobs() -> None:
    kinds = [
        f"{each.KIND} {getattr(each, 'name', getattr(each, 'path', ''))}" for each in with_command(PLAN, "x").resources
    ]
    assert kinds.index("command the user's own command") == kinds.index("service slurmd") - 1


def test_a_command_runs_at_the_end_elsewhere() -> None:
    plan = with_command(Plan("vega", "vega-ctl", PLAN.resources[:2]), "x")
    assert plan.resources[-1].KIND == "command"


def test_a_command_is_kept_where_root_alone_reads_it() -> None:
    files = [each for each in with_command(PLAN, "echo $SECRET").resources if isinstance(each, File)]
    (file,) = [each for each in files if each.path == join.COMMAND_FILE]
    assert (file.content, file.mode, file.secret) == ("echo $SECRET\n", "0700", True)


def test_root_alone_reads_the_description_that_was_applied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = replace(CLUSTER, commands=Commands("echo confidential")).text()
    for name in ("keep_users_off", "_apply"):
        monkeypatch.setattr(join, name, lambda *_: "")
    for name in ("CLUSTER_COPY", "NOTES_FILE", "JOINED"):
        monkeypatch.setattr(join, name, str(tmp_path / name))
    monkeypatch.setattr(join, "described", lambda _: text)
    monkeypatch.setattr(join, "fetched_secrets", lambda _: SECRETS)
    monkeypatch.setattr(join, "fetched_authority", lambda _: HostCa("private", "public"))
    monkeypatch.setattr(join, "_facts_for", lambda _: facts())
    monkeypatch.setattr(join, "machine_problems", lambda *_: ())
    monkeypatch.setattr(join.programs, "fetch", lambda *_: "")
    monkeypatch.setattr(join.programs, "make_current", lambda _: None)
    monkeypatch.setattr(join.facts_file, "update", lambda **_: True)
    join.join(Place("gcp", "node", "vega-hpc-1", "vega-ctl", "b", "d"), _store())
    assert (tmp_path / "CLUSTER_COPY").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("failure", "hopeless"), [(Failure("apt"), False), (Hopeless("no Slurm"), True), (None, False)]
)
def test_a_machine_that_fails_says_what_it_has_tried_and_whether_that_is_any_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Failure | None, hopeless: bool
) -> None:
    told: dict[str, object] = {}

    def follow(*_: object) -> None:
        raise failure or Lacking("7 of 8 GPUs")

    monkeypatch.setattr(join, "keep_users_off", lambda _: "")
    monkeypatch.setattr(join, "NOTES_FILE", str(tmp_path / "notes.json"))
    monkeypatch.setattr(join, "described", lambda _: "text")
    monkeypatch.setattr(join, "_follow", follow)
    monkeypatch.setattr(join.facts_file, "update", lambda **given: bool(told.update(given)))
    with pytest.raises(Failure):
        join.join(GOOGLE, _store())
    assert told == {"part": "controller", "tried": digest_of("text"), "hopeless": hopeless}


@pytest.mark.parametrize("place", [replace(GOOGLE, part="node", name="vega-hpc-6"), VMSS], ids=["gcp", "azure"])
def test_a_machine_with_fewer_gpus_than_its_type_says_so_and_takes_no_jobs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: Place
) -> None:
    applied: list[type] = []
    monkeypatch.setattr(join, "keep_users_off", lambda _: "")
    monkeypatch.setattr(join, "NOTES_FILE", str(tmp_path / "notes"))
    monkeypatch.setattr(join, "described", lambda _: CLUSTER.text())
    monkeypatch.setattr(join, "fetched_secrets", lambda _: SECRETS)
    monkeypatch.setattr(join, "fetched_authority", lambda _: "")
    monkeypatch.setattr(join.facts_file, "update", lambda **_: True)
    monkeypatch.setattr(join, "_facts_for", lambda _: facts())
    monkeypatch.setattr(join, "_apply", lambda plan, **_: applied.extend(type(each) for each in plan.resources))
    monkeypatch.setattr(join.programs, "fetch", lambda *_: "")
    monkeypatch.setattr(join.programs, "make_current", lambda _: None)
    with pytest.raises(join.Hopeless, match="vega-hpc-6 has 0 of the 8 GPUs that its machine type has"):
        join.join(place, _store(**{place.name: "vega-hpc-6"}))
    assert set(applied) <= {Packages}


def test_a_scale_sets_machine_installs_packages_before_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(join.programs, "fetch", lambda *_: "")
    monkeypatch.setattr(join.programs, "make_current", lambda _: None)
    monkeypatch.setattr(join, "keep_users_off", lambda _: "")
    monkeypatch.setattr(join, "write_json", lambda *_: None)
    monkeypatch.setattr(join, "described", lambda _: CLUSTER.text())
    monkeypatch.setattr(join.facts_file, "update", lambda **_: True)
    monkeypatch.setattr(join, "_facts_for", lambda _: facts())
    monkeypatch.setattr(join, "_apply", lambda plan, **_: done.extend(plan.resources[0].names))
    monkeypatch.setattr(join, "LIMIT", 0.0)
    with pytest.raises(CallFailed, match="has not named vegahpc000003 yet"):
        join.join(VMSS, _store())
    assert {"slurmd", "munge"} <= {*done}


def test_what_an_image_has_installed_already_is_not_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    applied: list[Plan] = []
    names = [name for each in packages_of(CLUSTER, facts()) for name in each.names]
    assert {*names} <= {*wanted_facts([])["packages"]}
    there = replace(facts(), packages={**facts().packages, **{name: Package("1", "1") for name in names}})
    monkeypatch.setattr(join, "_facts_for", lambda _: there)
    monkeypatch.setattr(join, "_apply", lambda plan, **_: applied.append(plan))
    assert join._installed_meanwhile(CLUSTER) is there
    assert applied == []


@pytest.mark.parametrize(("part", "name"), [("node", "vega-hpc-1"), ("login", "vega-login-1")])
def test_others_wait_for_slurmctld_before_they_mount_homes_and_start_slurmd(part: str, name: str) -> None:
    resources = own_plan(CLUSTER, part, name, facts(), SECRETS).resources
    at = next(number for number, each in enumerate(resources) if isinstance(each, Command) and each.name == AWAITED)
    needed = [n for n, each in enumerate(resources) if isinstance(each, Mount) or getattr(each, "name", "") == "slurmd"]
    assert needed and at < min(needed)


def test_the_controller_does_not_wait_for_itself() -> None:
    resources = own_plan(CLUSTER, "controller", "vega-ctl", facts(), SECRETS).resources
    assert AWAITED not in [each.name for each in resources if isinstance(each, Command)]


def test_a_controller_that_answers_is_not_waited_for_and_one_that_does_not_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(join, "LIMIT", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(join.paths, "CONTROLLER_PORT", port)
        plan = Plan("vega", "vega-hpc-1", (Service("slurmd"),))
        wait = awaiting(plan, "127.0.0.1").resources[0]
        assert isinstance(wait, Command)
        assert subprocess.run(wait.unless, check=False).returncode == 0
        assert subprocess.run(wait.argv, check=False).returncode == 0
    assert subprocess.run(wait.unless, check=False).returncode != 0
    ended = subprocess.run(wait.argv, stdout=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stdout.decode()) == (1, "slurmctld on 127.0.0.1 does not answer\n")


def test_what_a_command_writes_is_not_for_everybody_and_what_it_makes_has_the_usual_modes(tmp_path: Path) -> None:
    plan = with_command(PLAN, f"echo confidential; touch {tmp_path}/made")
    (command,) = [each for each in plan.resources if isinstance(each, Command)]
    text, log, ran = tmp_path / "command", tmp_path / "log", tmp_path / "ran"
    text.write_text(next(e.content for e in plan.resources if isinstance(e, File) and e.path == join.COMMAND_FILE))
    log.write_text("of the start before")
    log.chmod(0o644)
    subprocess.run([*command.argv[:4], text, log, ran], check=True, umask=0o022)
    assert (log.read_text(), log.stat().st_mode & 0o777) == ("confidential\n", 0o640)
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("part", "name", "text"),
    [("controller", "vega-ctl", "c"), ("login", "vega-login-1", "l"), ("node", "vega-hpc-1", "n")],
)
def test_each_part_has_its_own_command(part: str, name: str, text: str) -> None:
    given = replace(CLUSTER, commands=Commands("n", "c", "l"))
    plan = own_plan(given, part, name, facts(), SECRETS)
    assert [e.content for e in plan.resources if isinstance(e, File) and e.path == join.COMMAND_FILE] == [f"{text}\n"]


def test_slurmctlds_programs_are_there_before_it_starts() -> None:
    resources = own_plan(CLUSTER, "controller", "vega-ctl", facts(), SECRETS).resources
    paths = [getattr(each, "path", "") for each in resources]
    starts = [i for i, each in enumerate(resources) if isinstance(each, Service) and each.name == "slurmctld"]
    assert max(paths.index(path) for path in (RESUME, SUSPEND, "/usr/local/sbin/azslurm")) < starts[0]


def test_without_a_command_the_plan_is_as_it_was() -> None:
    assert with_command(PLAN, "") is PLAN


def _iptables(monkeypatch: pytest.MonkeyPatch, have: bool = False, status: int = 0, said: str = "") -> list[str]:
    calls: list[str] = []

    def run(*argv: str, feed: str = "") -> tuple[int, str]:
        calls.append(" ".join(argv))
        return (0 if have else 1, "") if "-C" in argv else (status, said)

    monkeypatch.setattr(barrier, "run", run)
    return calls


def test_persons_are_kept_off_the_metadata_server(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _iptables(monkeypatch)
    assert bar_users("gcp") == ""
    rule = "OUTPUT -d 169.254.169.254/32 -p tcp -m multiport --dports 80 -m owner --uid-owner 1000-4294967294 -j REJECT"
    assert calls[-1] == f"iptables -w -I {rule}"


def test_a_rule_that_is_there_is_not_added_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _iptables(monkeypatch, have=True)
    assert bar_users("azure") == ""
    assert [call.split()[2] for call in calls] == ["-C", "-C"]


def test_on_azure_nobody_asks_the_wire_server_either(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = _iptables(monkeypatch)
    bar_users("azure")
    assert "-d 168.63.129.16/32 -p tcp -m multiport --dports 80,32526" in calls[-1]


def test_a_unit_bars_users_at_each_start_before_they_can_log_in_or_run_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls, unit = _iptables(monkeypatch), tmp_path / "system" / barrier.UNIT
    monkeypatch.setattr(barrier, "_UNIT_FILE", str(unit))
    assert barrier.keep_users_off("gcp") == ""
    text = unit.read_text()
    assert "Before=systemd-user-sessions.service cron.service " in text
    assert "ExecStart=/usr/bin/env python3 -E -s -m node.slurm_cloud bar\n" in text
    assert (calls[0].split()[0], calls[-1]) == ("iptables", f"systemctl enable --quiet {barrier.UNIT}")


def test_a_unit_that_can_not_be_enabled_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(barrier, "_UNIT_FILE", str(tmp_path / "unit"))
    monkeypatch.setattr(
        barrier, "run", lambda *argv: (int(argv[0] == "systemctl"), "Failed to enable unit: Read-only file system\n")
    )
    assert barrier.keep_users_off("gcp").endswith("at its next start: Failed to enable unit: Read-only file system")


def test_users_are_barred_before_anything_is_waited_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    barred: list[str] = []
    monkeypatch.setattr(join, "keep_users_off", lambda cloud: barred.append(cloud) or "they are not")
    monkeypatch.setattr(join, "NOTES_FILE", str(tmp_path / "notes.json"))
    monkeypatch.setattr(join, "LIMIT", 0.0)
    with pytest.raises(CallFailed, match="has not written it yet"):
        join.join(GOOGLE, _store())
    assert (barred, json.loads((tmp_path / "notes.json").read_text())) == (["gcp"], ["they are not"])


@pytest.mark.parametrize("missing", [True, False])
def test_where_users_can_not_be_kept_off_that_is_said_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, missing: bool
) -> None:
    def run(*argv: str, feed: str = "") -> tuple[int, str]:
        if missing:
            raise Failure("iptables can't be run: No such file or directory")
        return 1, "iptables: Failed to initialize nft: Protocol not supported\n"

    monkeypatch.setattr(barrier, "run", run)
    assert bar_users("gcp").startswith("users of this machine are not kept off the metadata server: iptables")
