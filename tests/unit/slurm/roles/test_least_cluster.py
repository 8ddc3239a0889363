"""The least cluster: names, time, munge, a controller, nodes and login nodes."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import Machine
from cluster_provision.slurm.conf.slurm_conf import slurm_conf
from cluster_provision.slurm.facts import Package
from cluster_provision.slurm.plan import Block, Command, File, HostName, Service
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles import plan_of
from tests.unit.slurm.clusters import SECRETS, cluster, facts, node
from tests.unit.slurm.roles.outline import files, outline, packages

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.slurm.plan import Plan

NEW = Release(24, 11)
HOSTS = "127.0.0.1 localhost\n127.0.1.1 lyra01.example.org lyra01\n"


def plan(machine: str = "lyra01", **changes: object) -> Plan:
    facts_of = changes.pop("facts", None) or facts()
    return plan_of(cluster(**changes), machine, facts_of, SECRETS)  # type: ignore[arg-type]


def service(of: Plan, name: str) -> Service:
    return next(each for each in of.resources if isinstance(each, Service) and each.name == name)


def command(of: Plan, name: str) -> Command:
    return next(each for each in of.resources if isinstance(each, Command) and each.name == name)


def test_every_machine_knows_all_the_others_by_name() -> None:
    machines = (Machine("lyra-hd", "10.30.0.1", ("head", "lyra-hd.example.org")), Machine("lyra01", "lyra01.internal"))
    (block,) = [each for each in plan("lyra-hd", machines=machines).resources if isinstance(each, Block)]
    assert (block.path, block.lines) == ("/etc/hosts", ("10.30.0.1 lyra-hd head lyra-hd.example.org",))


def test_a_machine_gets_its_name_unless_names_are_to_be_left_alone() -> None:
    assert HostName("lyra01") in plan().resources
    assert HostName("lyra01") not in plan(set_hostname=False).resources


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (HOSTS, "127.0.0.1 localhost\n#cluster-provision: 127.0.1.1 lyra01.example.org lyra01\n"),
        ("127.0.1.1\tlyra01\n10.30.0.11 lyra01\n", "#cluster-provision: 127.0.1.1\tlyra01\n10.30.0.11 lyra01\n"),
        ("::1 ip6-localhost lyra01 # own\n", "#cluster-provision: ::1 ip6-localhost lyra01 # own\n"),
    ],
)
def test_the_own_name_leaves_the_loopback_address_and_comes_back(text: str, after: str, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(text)
    here = command(plan(facts=facts(hosts_file=text)), "own name off the loopback address")

    def run(argv: tuple[str, ...]) -> int:
        moved = [str(hosts) if each == "/etc/hosts" else each for each in argv]
        return subprocess.run(moved, check=False).returncode

    assert run(here.unless) != 0
    run(here.argv)
    assert (hosts.read_text(), run(here.unless)) == (after, 0)
    assert command(plan(facts=facts(hosts_file=after)), here.name) == here
    run(here.undo)
    assert hosts.read_text() == text


@pytest.mark.parametrize("text", ["127.0.1.1 lyra011\n", "# 127.0.1.1 lyra01\n", "10.0.0.1 lyra01\n", ""])
def test_hosts_files_that_name_no_loopback_address_are_left_alone(text: str) -> None:
    assert "own name off the loopback address" not in " ".join(outline(plan(facts=facts(hosts_file=text))))


def test_chrony_keeps_the_time_where_nothing_does_and_nodes_ask_the_controller() -> None:
    assert files(plan())["/etc/chrony/sources.d/cluster-provision.sources"].content.endswith("server lyra-hd iburst\n")
    assert "allow\n" in files(plan("lyra-hd"))["/etc/chrony/conf.d/cluster-provision.conf"].content


def test_another_time_daemon_stays_for_chronys_package_would_take_it_away() -> None:
    assert "chrony" not in packages(plan(facts=facts(time_daemons=("systemd-timesyncd",))))
    assert "chrony" in packages(plan(facts=facts(time_daemons=("chrony",))))


def test_the_munge_key_is_a_secret_that_only_munge_reads_and_no_message_shows() -> None:
    key = files(plan())["/etc/munge/munge.key"]
    assert (key.mode, key.owner, key.group, key.secret) == ("0400", "munge", "munge", True)
    assert "canary" not in repr(plan()) + repr(SECRETS)
    assert service(plan(), "munge").restart_on == ("/etc/munge/munge.key",)


def test_packages_are_installed_at_once_but_for_what_may_shut_people_out() -> None:
    installed = [each for each in outline(plan()) if each.startswith("packages ")]
    assert [each for each in installed if "adopt" not in each] == installed[:1]
    assert {"chrony", "munge", "slurmd"} <= set(installed[0].split())


def test_the_user_slurm_is_there_before_the_packages_that_would_make_it() -> None:
    order = outline(plan(slurm_uid=22078))
    installed = next(each for each in order if each.startswith("packages ") and " slurmd " in each)
    assert order.index("user slurm") < order.index(installed)


def test_the_controller_holds_the_files_and_is_restarted_by_them() -> None:
    here = plan("lyra-hd")
    assert files(here)["/etc/slurm/slurm.conf"].content == slurm_conf(cluster())
    assert service(here, "slurmctld").restart_on == (
        "/etc/slurm/slurm.conf",
        "/etc/slurm/cgroup.conf",
        "/etc/slurm/gres.conf",
    )
    assert service(here, "slurmctld").reload_on == ()


def test_a_node_gets_its_configuration_from_the_controller() -> None:
    here = plan()
    assert not any(path.startswith("/etc/slurm/slurm") for path in files(here))
    assert 'SLURMD_OPTIONS="-N lyra01 --conf-server lyra-hd:6817"\n' in files(here)["/etc/default/slurmd"].content


def test_slurmd_starts_without_a_slurm_conf_and_tries_until_the_controller_answers() -> None:
    drop_in = files(plan())["/etc/systemd/system/slurmd.service.d/cluster-provision.conf"].content
    assert re.findall(r"^[A-Z]\w+=.*$", drop_in, re.M) == [
        "ConditionPathExists=",
        "StartLimitIntervalSec=0",
        "Restart=on-failure",
        "RestartSec=5",
    ]


def test_a_new_configuration_is_handed_out_by_releases_that_survive_it() -> None:
    name = "hand out the configuration"
    assert command(plan("lyra-hd", release=NEW), name).reads == service(plan("lyra-hd"), "slurmctld").restart_on
    assert f"command {name}" not in outline(plan("lyra-hd", release=Release(22, 5)))


@pytest.mark.parametrize(
    ("release", "changes", "restarted"),
    [
        (Release(22, 5), {"extra": (("KillWait", "60"),)}, True),
        (NEW, {"extra": (("KillWait", "60"),)}, False),
        (NEW, {"nodes": (node(1),)}, True),
        (NEW, {"cgroup_extra": (("ConstrainSwapSpace", "yes"),)}, True),
    ],
)
def test_a_node_is_restarted_by_what_it_reads_at_its_start_alone(
    release: Release, changes: dict[str, object], restarted: bool
) -> None:
    before = files(plan(release=release))["/etc/default/slurmd"]
    after = files(plan(release=release, **changes))["/etc/default/slurmd"]
    assert (before != after) is restarted


@pytest.mark.parametrize(
    ("release", "offered", "package"),
    [
        (Release(22, 5), ("libpmix-dev", "libpmix2"), "libpmix-dev"),
        (NEW, ("libpmix2t64", "libpmix-dev"), "libpmix2t64"),
        (NEW, ("libpmix-dev",), "libpmix-dev"),
    ],
)
def test_pmix_is_installed_by_the_name_under_which_slurm_opens_it(
    release: Release, offered: tuple[str, ...], package: str
) -> None:
    there = {name: Package(candidate="1") for name in offered}
    assert {name for name in packages(plan(release=release, facts=facts(packages=there))) if "pmix" in name} == {
        package
    }


def login(release: Release, candidate: str) -> Plan:
    apart = replace(cluster(), logins=("lyra-lg",), machines=(*cluster().machines, Machine("lyra-lg", "10.30.0.2")))
    offered = facts(packages={"sackd": Package(candidate=candidate)})
    return plan_of(replace(apart, release=release), "lyra-lg", offered, SECRETS)


def test_a_login_node_fetches_its_configuration_by_sackd_where_there_is_one() -> None:
    here = login(NEW, "24.11.5")
    assert 'SACKD_OPTIONS="--conf-server lyra-hd:6817"\n' in files(here)["/etc/default/sackd"].content
    assert "/etc/slurm/slurm.conf" not in files(here)


@pytest.mark.parametrize(("release", "candidate"), [(Release(22, 5), ""), (Release(23, 11), "")])
def test_a_login_node_without_sackd_gets_the_files_themselves(release: Release, candidate: str) -> None:
    here = login(release, candidate)
    assert files(here)["/etc/slurm/slurm.conf"].content == slurm_conf(cluster(release=release))
    assert packages(here) == {"munge", "chrony", "slurm-client", "libpmix-dev"}


def test_a_controller_that_is_a_node_too_has_both() -> None:
    both = cluster(controller="lyra01", logins=("lyra01",))
    here = plan_of(both, "lyra01", facts(), SECRETS)
    assert {"slurmctld", "slurmd", "slurm-client"} <= packages(here)
    order = outline(here)
    assert order.index("service slurmctld") < order.index("service slurmd")


def test_a_plan_is_json_and_the_same_each_time() -> None:
    text = json.dumps(plan("lyra-hd").to_json())
    assert text == json.dumps(plan("lyra-hd").to_json())
    assert json.loads(text)["resources"][0] == {"kind": "hostname", "name": "lyra-hd"}


def test_secret_files_are_marked() -> None:
    marked = {each.path for each in plan("lyra-hd").resources if isinstance(each, File) and "canary" in each.content}
    assert marked == {each.path for each in plan("lyra-hd").resources if isinstance(each, File) and each.secret}


@pytest.mark.parametrize(
    ("machine", "name"), [("lyra-hd", "slurmctld"), ("lyra-hd", "slurmdbd"), ("lyra-hd", "munge"), ("lyra01", "munge")]
)
def test_a_daemon_that_is_killed_is_started_again_and_one_that_ends_has_failed(machine: str, name: str) -> None:
    here, path = plan(machine), f"/etc/systemd/system/{name}.service.d/cluster-provision.conf"
    assert "\nRestart=on-abnormal\n" in files(here)[path].content
    order = outline(here)
    assert order.index(f"file {path}") < order.index(f"service {name}")
    again = next(each for each in here.resources if isinstance(each, Command) and path in each.reads)
    assert (again.argv, order.index(f"command {again.name}") < order.index(f"service {name}")) == (
        ("systemctl", "daemon-reload"),
        True,
    )
