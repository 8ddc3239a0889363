"""Packages: installed without a word, and gone again with all that came along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import File, Folder, Packages
from tests.unit.node.apply import programs

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

POLICY = "usr/sbin/policy-rc.d"


@pytest.fixture(autouse=True)
def _catalog(machine: Machine) -> None:
    machine.packages(
        libmunge={"files": {"/etc/munge/lib.conf": "x\n"}},
        munge={"depends": ["libmunge"], "files": {"/etc/munge/munge.conf": "m\n"}, "users": {"munge": 110}},
        slurmd={"depends": ["munge"], "files": {"/etc/slurm/plug.conf": "p\n"}, "units": ["slurmd"]},
        theirs={"depends": ["libmunge"]},
    )


def installed(machine: Machine) -> set[str]:
    return {name for name, (state, _) in programs.statuses(machine.root).items() if state == "installed"}


def install_by_hand(machine: Machine, *names: str) -> None:
    programs.apt_get(machine.root, ["install", *names])


def test_packages_come_in_one_transaction_and_go_with_what_came_along(machine: Machine) -> None:
    before = machine.tree()
    ended = machine.apply(Packages(("slurmd", "munge")))
    assert ended.lines["packages slurmd munge"]["detail"] == "installs slurmd, munge"
    assert len(machine.calls("apt-get")) == 1
    assert installed(machine) == {"libc", "libmunge", "munge", "slurmd"}
    machine.undo()
    assert installed(machine) == {"libc"}
    assert machine.tree() == before


def test_apt_asks_nothing_keeps_configuration_and_waits_for_the_lock(machine: Machine) -> None:
    machine.apply(Packages(("munge",)))
    (call,) = machine.calls("apt-get")
    for option in ("-y", "--force-confold", "DPkg::Lock::Timeout=300", "--no-install-recommends"):
        assert option in call


def test_packages_that_are_there_need_no_program(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    assert machine.apply(Packages(("munge", "libmunge"))).states == {"packages munge libmunge": "unchanged"}
    assert machine.calls() == []


def test_packages_that_are_there_already_are_not_named_to_apt(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    machine.apply(Packages(("munge", "slurmd")))
    words = machine.calls("apt-get")[-1].split()
    assert words[words.index("install") :] == ["install", "--no-install-recommends", "slurmd"]


def test_packages_that_were_there_stay(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    machine.apply(Packages(("slurmd",)))
    machine.undo()
    assert installed(machine) == {"libc", "libmunge", "munge"}


def test_a_comparison_lists_the_packages_that_lack(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    ended = machine.diff(Packages(("munge", "slurmd")))
    assert ended.lines["packages munge slurmd"] == {
        "resource": "packages munge slurmd",
        "state": "would change",
        "detail": "installs slurmd",
    }
    assert machine.calls() == []


def test_services_of_packages_do_not_start_by_themselves(machine: Machine) -> None:
    machine.apply(Packages(("slurmd",)))
    assert machine.unit_is("slurmd") == "enabled inactive"
    assert not (machine.root / POLICY).exists()


@pytest.mark.parametrize("fails", [False, True])
def test_a_policy_of_the_machines_own_is_there_again_afterwards(machine: Machine, fails: bool) -> None:
    machine.write(POLICY, "#!/bin/sh\nexit 0\n", 0o755)
    if fails:
        machine.fails("apt-get install", "E: no\n", 100)
    machine.apply(Packages(("slurmd",)))
    assert machine.read(POLICY) == "#!/bin/sh\nexit 0\n"


def test_lists_are_fetched_only_for_a_name_that_is_not_known(machine: Machine) -> None:
    machine.packages(new={"listed": False})
    machine.apply(Packages(("munge", "new")))
    assert [call.split()[-1] for call in machine.calls("apt-get")] == ["new", "update", "new"]


def test_a_repository_that_is_gone_ends_nothing(machine: Machine) -> None:
    machine.packages(new={"listed": False})
    machine.fails("apt-get update", "E: The repository 'x' does not have a Release file.\n", 100, times=1)
    ended = machine.apply(Packages(("new",)))
    assert "does not have a Release file" in ended.lines["packages new"]["detail"]
    assert "Unable to locate package new" in ended.lines["packages new"]["detail"]


def test_a_failing_apt_is_told_by_its_telling_lines(machine: Machine) -> None:
    words = (
        "Setting up munge ...\n"
        "dpkg: error processing package munge (--configure):\n"
        " installed munge package post-installation script subprocess returned error exit status 1\n"
        "Errors were encountered while processing:\n munge\n"
        "E: Sub-process /usr/bin/dpkg returned an error code (1)\n"
    )
    machine.fails("apt-get install", words, 100)
    ended = machine.apply(Packages(("munge",)))
    detail = ended.lines["packages munge"]["detail"]
    assert detail.startswith("apt-get install ended with 100: dpkg: error processing package munge (--configure):")
    assert detail.endswith("post-installation script subprocess returned error exit status 1")


def test_an_interrupted_dpkg_is_repaired(machine: Machine) -> None:
    words = "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.\n"
    machine.fails("apt-get install", words, 100, times=1)
    assert machine.apply(Packages(("munge",))).states == {"packages munge": "changed"}
    assert [call for call in machine.calls("dpkg ") if "--configure -a" in call]


def test_what_a_failed_installation_brought_is_given_back(machine: Machine) -> None:
    machine.packages(half={"depends": ["munge"], "broken": True})
    before = machine.tree()
    assert machine.apply(Packages(("half",))).states == {"packages half": "failed"}
    assert "munge" in installed(machine)
    machine.undo()
    assert machine.tree() == before


def test_what_others_depend_on_by_now_is_left_and_named(machine: Machine) -> None:
    machine.apply(Packages(("slurmd",)))
    install_by_hand(machine, "theirs")
    ended = machine.undo()
    assert ended.ended["left"] == ["packages"]
    assert ended.lines["packages"]["detail"] == "theirs depends on libmunge"
    assert installed(machine) == {"libc", "libmunge", "theirs"}


def test_packages_that_the_plan_no_longer_has_go_with_what_came_for_them(machine: Machine) -> None:
    machine.apply(Packages(("munge",)), Packages(("slurmd",)))
    ended = machine.apply(Packages(("munge",)))
    assert ended.states == {"packages slurmd": "changed", "packages munge": "unchanged"}
    assert installed(machine) == {"libc", "libmunge", "munge"}


def test_what_a_wanted_package_needs_stays_when_its_own_name_is_taken_off(machine: Machine) -> None:
    machine.apply(Packages(("munge", "slurmd")))
    machine.apply(Packages(("slurmd",)))
    assert installed(machine) == {"libc", "libmunge", "munge", "slurmd"}


def test_a_version_is_installed_where_another_is(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    assert machine.apply(Packages(("munge=1",))).states == {"packages munge=1": "unchanged"}
    assert machine.diff(Packages(("munge=2",))).lines["packages munge=2"]["detail"] == "installs munge=2"


def test_a_package_of_which_only_configuration_was_left_is_removed_to_that(machine: Machine) -> None:
    install_by_hand(machine, "munge")
    programs.apt_get(machine.root, ["remove", "munge"])
    before = machine.tree()
    machine.apply(Packages(("munge",)))
    machine.undo()
    assert machine.tree() == before


def test_users_that_came_along_go(machine: Machine) -> None:
    before = machine.read("etc/passwd"), machine.read("etc/group")
    machine.apply(Packages(("munge",)))
    assert "munge:x:110" in machine.read("etc/passwd")
    machine.undo()
    assert (machine.read("etc/passwd"), machine.read("etc/group")) == before


def test_what_a_purge_deletes_of_others_comes_back(machine: Machine) -> None:
    machine.packages(plug={"files": {"/etc/slurm/plug.conf": "p\n"}, "deletes": ["/etc/slurm/slurm.conf"]})
    machine.write("etc/slurm/slurm.conf", "theirs\n", 0o640)
    before = machine.tree()
    machine.apply(Packages(("plug",)), File("/etc/slurm/slurm.conf", "ours\n"))
    machine.undo()
    assert machine.tree() == before


def test_what_an_installation_changes_of_others_in_its_folders_comes_back(machine: Machine) -> None:
    machine.packages(own={"files": {"/etc/own/a": "a\n"}, "chmod": {"/etc/own/key": "400", "/etc/own": "700"}})
    machine.write("etc/own/key", "theirs\n", 0o644)
    before = machine.tree()
    machine.apply(Packages(("own",)))
    assert (machine.root / "etc/own/key").stat().st_mode & 0o777 == 0o400
    machine.undo()
    assert machine.tree() == before


def test_what_purged_packages_leave_in_their_own_folders_goes(machine: Machine) -> None:
    before = machine.tree()
    machine.packages(db={"files": {"/etc/db/db.conf": "x\n"}, "leaves": {"/etc/db/made.conf": "made\n"}})
    machine.apply(Packages(("db",)))
    assert machine.read("etc/db/made.conf") == "made\n"
    machine.undo()
    assert machine.tree() == before


def test_what_came_along_elsewhere_in_etc_is_named(machine: Machine) -> None:
    machine.packages(db={"leaves": {"/etc/stray": "made\n"}})
    machine.apply(Packages(("db",)))
    ended = machine.undo()
    assert "/etc/stray" in ended.lines["packages"]["detail"]
    assert ended.ended["left"] == ["packages"]


def test_copies_of_a_packages_own_file_go_with_it_and_those_of_others_are_named(machine: Machine) -> None:
    machine.write("etc/default/theirs", "x\n")
    leaves = {"/etc/default/db": "d\n", "/etc/default/db.ucf-dist": "d\n", "/etc/default/theirs.dpkg-dist": "t\n"}
    machine.packages(db={"files": {"/etc/default/db": "d\n"}, "leaves": leaves})
    machine.apply(Packages(("db",)))
    detail = machine.undo().lines["packages"]["detail"]
    assert "/etc/default/theirs.dpkg-dist" in detail
    assert "db.ucf-dist" not in detail


def test_packages_that_were_upgraded_along_are_named(machine: Machine) -> None:
    machine.packages(big={"upgrades": {"libc": "2"}})
    machine.apply(Packages(("big",)))
    assert "libc, which had version 1" in machine.undo().lines["packages"]["detail"]


def test_files_of_users_beside_a_packages_stay(machine: Machine) -> None:
    machine.apply(Packages(("slurmd",)))
    machine.write("etc/slurm/site.conf", "theirs\n")
    machine.undo()
    assert machine.read("etc/slurm/site.conf") == "theirs\n"


@pytest.mark.parametrize("delete", [True, False])
def test_a_folder_of_data_that_a_package_makes_is_the_clusters(machine: Machine, delete: bool) -> None:
    machine.packages(db={"files": {"/etc/db.conf": "x\n"}, "leaves": {"/srv/db/rows": "1\n"}})
    before = machine.tree()
    machine.apply(Packages(("db",)), Folder("/srv/db", data=True))
    ended = machine.undo(delete_data=delete)
    assert ended.ended["kept"] == ([] if delete else ["folder /srv/db"])
    assert (machine.tree() == before) is delete


def test_folders_of_data_that_no_package_makes_go_before_the_folder_around_them(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Packages(("munge",)), Folder("/export/a", data=True), Folder("/export/b", data=True))
    assert machine.undo(delete_data=True).ended["left"] == []
    assert machine.tree() == before


def test_a_purge_that_fails_is_tried_again_by_the_next_undo(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Packages(("slurmd",)))
    machine.fails("apt-get purge", "E: no\n", 100, times=1)
    ended = machine.undo()
    assert (ended.states["packages"], ended.status) == ("failed", 1)
    assert machine.undo().status == 0
    assert machine.tree() == before


def test_failures_of_units_that_went_with_their_packages_are_forgotten_and_no_others(machine: Machine) -> None:
    machine.apply(Packages(("munge",)))
    machine.unit("mariadb", "", "failed", LoadState="not-found")
    machine.unit("theirs", "enabled", "failed")
    machine.undo()
    assert machine.unit_is("mariadb") == " inactive"
    assert machine.unit_is("theirs") == "enabled failed"
