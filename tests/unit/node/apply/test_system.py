"""Services, mounts, the kernel's parameters, the host's name, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import Command, File, Folder, HostName, Mount, Service, Sysctl

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

CONF = File("/etc/slurm/slurm.conf", "one\n")
CHANGED = File("/etc/slurm/slurm.conf", "two\n")
SLURMD = Service("slurmd", restart_on=(CONF.path,))


def verbs(machine: Machine) -> list[str]:
    """What systemctl was told to do, but to show units."""
    return [call.split()[1] for call in machine.calls("systemctl") if call.split()[1] not in ("show", "reset-failed")]


def test_a_service_is_enabled_and_started_and_is_as_it_was_again(machine: Machine) -> None:
    machine.unit("slurmd")
    assert machine.apply(CONF, SLURMD).states["service slurmd"] == "changed"
    assert machine.unit_is("slurmd") == "enabled active"
    machine.undo()
    assert machine.unit_is("slurmd") == "disabled inactive"


@pytest.mark.parametrize("enabled", ["enabled", "disabled", "masked", "static"])
@pytest.mark.parametrize("active", ["active", "inactive"])
def test_undo_brings_a_service_back_from_any_state(machine: Machine, enabled: str, active: str) -> None:
    machine.unit("slurmd", enabled, active)
    machine.apply(SLURMD)
    assert machine.unit_is("slurmd") == f"{'static' if enabled == 'static' else 'enabled'} active"
    machine.undo()
    assert machine.unit_is("slurmd") == f"{enabled} {active}"


def test_all_services_that_are_as_they_should_be_cost_one_call(machine: Machine) -> None:
    names = ("munge", "slurmd", "chrony")
    for name in names:
        machine.unit(name, "enabled", "active")
    ended = machine.apply(*(Service(name) for name in names))
    assert ended.ended["unchanged"] == 3
    (call,) = machine.calls()
    assert call.endswith(" -- munge slurmd chrony")


def test_a_service_is_restarted_where_its_file_has_changed_and_only_then(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.apply(CONF, SLURMD)
    machine.forget_calls()
    machine.apply(CONF, SLURMD)
    assert verbs(machine) == []
    ended = machine.apply(CHANGED, SLURMD)
    assert verbs(machine) == ["restart"]
    assert ended.lines["service slurmd"]["detail"] == "restart: /etc/slurm/slurm.conf has changed"


def test_a_service_is_reloaded_where_that_is_enough(machine: Machine) -> None:
    machine.unit("sshd", "enabled", "active")
    service = Service("sshd", restart_on=("/etc/a",), reload_on=(CONF.path,))
    machine.apply(CONF, service)
    assert verbs(machine) == ["reload-or-restart"]


def test_a_restart_covers_a_reload(machine: Machine) -> None:
    machine.unit("sshd", "enabled", "active")
    other = File("/etc/a", "x")
    machine.apply(CONF, other, Service("sshd", restart_on=(CONF.path,), reload_on=(other.path,)))
    assert verbs(machine) == ["restart"]


def test_a_service_whose_file_is_given_back_is_restarted(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.apply(CONF, SLURMD)
    machine.forget_calls()
    machine.apply(SLURMD)
    assert "restart" in verbs(machine)


def test_a_service_that_died_is_started_again(machine: Machine) -> None:
    machine.unit("slurmd", "enabled", "failed")
    machine.apply(SLURMD)
    assert [call.split()[1] for call in machine.calls("systemctl") if "show" not in call] == ["reset-failed", "start"]


def test_a_service_that_ran_before_runs_with_its_own_files_again(machine: Machine) -> None:
    machine.write(CONF.path, "theirs\n")
    machine.unit("slurmd", "enabled", "active")
    before = machine.tree()
    machine.apply(CONF, SLURMD)
    machine.forget_calls()
    machine.undo()
    assert verbs(machine) == ["daemon-reload", "restart"]
    assert machine.tree() == before


def test_a_service_that_ran_before_and_whose_files_stayed_is_left_alone(machine: Machine) -> None:
    machine.unit("slurmd", "disabled", "active")
    machine.apply(SLURMD)
    machine.forget_calls()
    machine.undo()
    assert verbs(machine) == ["disable", "daemon-reload"]


def test_a_unit_whose_file_changed_is_read_again_first(machine: Machine) -> None:
    machine.unit("slurmd", NeedDaemonReload="yes")
    machine.apply(SLURMD)
    assert verbs(machine) == ["daemon-reload", "enable", "start"]


def test_a_unit_that_is_not_there_is_named(machine: Machine) -> None:
    assert machine.diff(SLURMD).states == {"service slurmd": "would change"}
    assert machine.apply(SLURMD).lines["service slurmd"]["detail"] == "systemd knows no such unit"


def test_a_unit_that_is_gone_at_the_end_needs_nothing(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.apply(SLURMD)
    (machine.root / "units.json").unlink()
    assert machine.undo().status == 0


def test_a_failing_start_is_told_with_the_daemons_last_words(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.fails("systemctl start", "Job for slurmd.service failed.\n")
    detail = machine.apply(SLURMD).lines["service slurmd"]["detail"]
    assert detail.startswith("systemctl start: Job for slurmd.service failed.")


def test_a_restart_that_failed_is_done_by_the_next_run(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.apply(CONF, SLURMD)
    machine.fails("systemctl restart", "no\n", times=1)
    assert machine.apply(CHANGED, SLURMD).states["service slurmd"] == "failed"
    machine.forget_calls()
    machine.apply(CHANGED, SLURMD)
    assert verbs(machine) == ["restart"]


def test_a_service_that_the_plan_no_longer_has_is_stopped(machine: Machine) -> None:
    machine.unit("slurmd")
    machine.apply(CONF, SLURMD)
    machine.apply(CONF)
    assert machine.unit_is("slurmd") == "disabled inactive"


def test_a_restart_at_the_end_that_fails_is_done_by_the_next_undo(machine: Machine) -> None:
    machine.unit("slurmd", "enabled", "active")
    before = machine.tree()
    machine.apply(CONF, SLURMD)
    machine.fails("systemctl restart", "no\n", times=1)
    assert machine.undo().states["service slurmd"] == "failed"
    machine.forget_calls()
    assert machine.undo().status == 0
    assert verbs(machine) == ["restart"]
    assert machine.tree() == before


NFS = Mount("nas:/export/home", "/srv/home", "nfs4", "rw,hard")


def test_a_mount_has_a_line_in_fstab_and_both_go_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/home"), NFS)
    assert "nas:/export/home /srv/home nfs4 rw,hard 0 0\n" in machine.read("etc/fstab")
    assert "/srv/home" in machine.read("proc/self/mounts")
    machine.forget_calls()
    assert machine.apply(Folder("/srv/home"), NFS).ended["changed"] == 0
    assert machine.calls() == []
    machine.undo()
    assert machine.tree() == before


def test_a_mount_that_changes_is_mounted_anew(machine: Machine) -> None:
    machine.apply(Folder("/srv/home"), NFS)
    machine.forget_calls()
    machine.apply(Folder("/srv/home"), Mount("nas2:/home", "/srv/home", "nfs4"))
    assert machine.calls() == ["umount -- /srv/home", "mount -- /srv/home"]
    assert "nas2:/home" in machine.read("proc/self/mounts")


def test_a_mount_of_the_users_own_is_used_and_stays(machine: Machine) -> None:
    machine.write("etc/fstab", "nas:/old /srv/home nfs4 ro 0 0\n")
    machine.write("proc/self/mounts", "nas:/old /srv/home nfs4 ro 0 0\n")
    before = machine.tree()
    assert machine.apply(NFS).states == {"mount /srv/home": "unchanged"}
    machine.undo()
    assert machine.tree() == before


def test_blanks_in_a_mounts_names_stay_within_their_fields(machine: Machine) -> None:
    machine.apply(Folder("/srv/my home"), Mount("nas:/my home", "/srv/my home", "nfs4"))
    assert "nas:/my\\040home /srv/my\\040home nfs4 defaults 0 0\n" in machine.read("etc/fstab")


def test_the_end_of_a_line_in_a_mount_writes_no_second_line(machine: Machine) -> None:
    machine.diff(Mount("nas:/x\n/dev/sda1 /etc ext4 defaults 0 0", "/srv/x", "nfs4"))
    ended = machine.diff(Mount("nas:/x\nb", "/srv/x", "nfs4"))
    assert "nas:/x\\012b /srv/x" in ended.lines["block /etc/fstab mount /srv/x"]["diff"]


def test_a_busy_mount_is_undone_by_the_next_undo(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/home"), NFS)
    machine.fails("umount", "umount: /srv/home: target is busy.\n", 32, times=1)
    ended = machine.undo()
    assert "target is busy" in ended.lines["mount /srv/home"]["detail"]
    assert ended.states["folder /srv/home"] == "failed"
    machine.undo()
    assert machine.tree() == before


def test_the_root_of_a_mounted_file_system_keeps_its_mode(machine: Machine) -> None:
    machine.apply(Folder("/srv/home", "0755"), NFS)
    (machine.root / "srv/home").chmod(0o1777)
    assert machine.apply(Folder("/srv/home", "0755"), NFS).ended["changed"] == 0


@pytest.mark.parametrize("key", ["vm.swappiness", "vm/swappiness"])
def test_a_parameter_of_the_kernel_is_set_and_comes_back(machine: Machine, key: str) -> None:
    before = machine.tree()
    machine.apply(Sysctl(key, "1"))
    assert machine.read("proc/sys/vm/swappiness") == "1\n"
    assert machine.apply(Sysctl(key, "1")).ended["changed"] == 0
    machine.undo()
    assert machine.tree() == before


def test_a_parameter_with_a_dot_in_a_name_is_found(machine: Machine) -> None:
    machine.write("proc/sys/net/ipv4/conf/eth0.1/forwarding", "0\n")
    machine.apply(Sysctl("net.ipv4.conf.eth0/1.forwarding", "1"))
    assert machine.read("proc/sys/net/ipv4/conf/eth0.1/forwarding") == "1\n"


def test_blanks_of_a_parameter_do_not_count(machine: Machine) -> None:
    machine.write("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n")
    assert machine.apply(Sysctl("net.ipv4.tcp_rmem", "4096 131072 6291456")).ended["changed"] == 0


def test_a_parameter_that_the_kernel_lacks_is_a_failure(machine: Machine) -> None:
    ended = machine.apply(Sysctl("vm.nothing", "1"))
    assert ended.lines["sysctl vm.nothing"]["detail"].startswith("No such file or directory")
    assert not (machine.root / "proc/sys/vm/nothing").exists()


def test_a_host_gets_its_name_now_and_for_the_next_start(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(HostName("n-1"))
    assert (machine.read("etc/hostname"), machine.read("proc/sys/kernel/hostname")) == ("n-1\n", "n-1\n")
    machine.undo()
    assert machine.tree() == before


def shell(name: str, text: str, unless: str = "", undo: str = "", **more: object) -> Command:
    guard, back = (("sh", "-c", each) if each else () for each in (unless, undo))
    return Command(name, ("sh", "-c", text), guard, back, **more)  # type: ignore[arg-type]


IN_ROOT = '"$CLUSTER_PROVISION_ROOT"'
MADE = shell("made", f"echo x > {IN_ROOT}/srv/made", f"test -e {IN_ROOT}/srv/made", f"rm {IN_ROOT}/srv/made")


def test_a_command_runs_where_its_guard_fails_and_is_undone(machine: Machine) -> None:
    before = machine.tree()
    assert machine.apply(MADE).states == {"command made": "changed"}
    assert machine.apply(MADE).states == {"command made": "unchanged"}
    machine.undo()
    assert machine.tree() == before


def test_a_command_that_had_nothing_to_do_is_not_undone(machine: Machine) -> None:
    machine.write("srv/made", "theirs")
    machine.apply(MADE)
    machine.undo()
    assert machine.read("srv/made") == "theirs"


def test_a_command_without_a_guard_runs_always(machine: Machine) -> None:
    always = shell("count", f"echo x >> {IN_ROOT}/srv/count")
    for _ in range(3):
        assert machine.apply(always).states == {"command count": "changed"}
    assert machine.read("srv/count") == "x\n" * 3


def test_a_command_without_an_undo_leaves_nothing_to_give_back(machine: Machine) -> None:
    machine.apply(shell("count", "true"))
    assert machine.undo().states == {}


def test_a_command_takes_back_what_it_made_of_a_file_once_the_file_is_as_before(machine: Machine) -> None:
    machine.write(CONF.path.lstrip("/"), "theirs\n")
    take_up = f"cat {IN_ROOT}{CONF.path} > {IN_ROOT}/srv/taken"
    machine.apply(CONF, shell("take up", take_up, "true", take_up, reads=(CONF.path,)))
    assert machine.read("srv/taken") == "one\n"
    machine.undo()
    assert machine.read("srv/taken") == "theirs\n"


def test_a_folder_that_a_command_wrote_into_is_given_back_after_the_command(machine: Machine) -> None:
    before = machine.tree()
    folder = Folder("/srv/made")
    there = f"{IN_ROOT}/srv/made/copy"
    copies = (
        shell(each, f"cp {IN_ROOT}{CONF.path} {there}{each}", "false", f"rm {there}{each}", reads=(CONF.path,))
        for each in "ab"
    )
    machine.apply(folder, CONF, *copies)
    given_back = [name for name in machine.undo().states if name != "folder /etc/slurm"]
    assert given_back == [f"file {CONF.path}", "command b", "command a", "folder /srv/made"]
    assert machine.tree() == before


def test_a_command_runs_again_where_what_it_reads_has_changed(machine: Machine) -> None:
    count = shell("count", f"echo x >> {IN_ROOT}/srv/count", "true", reads=(CONF.path,))
    machine.apply(CONF, count)
    machine.apply(CONF, count)
    assert machine.read("srv/count") == "x\n"
    machine.apply(CHANGED, count)
    assert machine.read("srv/count") == "x\n" * 2


def test_a_comparison_runs_no_command(machine: Machine) -> None:
    ended = machine.diff(CONF, MADE, shell("read", f"echo x > {IN_ROOT}/srv/read", "true", reads=(CONF.path,)))
    assert set(ended.states.values()) == {"would change"}
    assert not list((machine.root / "srv").iterdir())


def test_a_guard_whose_program_is_missing_has_failed(machine: Machine) -> None:
    command = Command("x", ("true",), unless=("no-such-program",))
    assert machine.apply(command).states == {"command x": "changed"}


def test_a_missing_program_is_named(machine: Machine) -> None:
    ended = machine.apply(Command("x", ("no-such-program", "y")))
    assert ended.lines["command x"]["detail"] == "no-such-program can't be run: No such file or directory"


def test_a_failing_command_is_told_by_its_last_lines(machine: Machine) -> None:
    ended = machine.apply(shell("x", "echo one; echo 'error: the disk is gone' >&2; exit 3"))
    assert ended.lines["command x"]["detail"] == "sh -c ended with 3: error: the disk is gone"


SECRET = "CANARY-0815"


def test_a_commands_input_is_given_and_shown_nowhere(machine: Machine) -> None:
    machine.apply(shell("x", f"cat > {IN_ROOT}/srv/got", undo="true", input=SECRET))
    assert machine.read("srv/got") == SECRET
    assert SECRET not in str(machine.journal())


def test_what_a_failing_command_makes_of_its_input_is_not_shown(machine: Machine) -> None:
    ended = machine.apply(shell("x", "tr a-z A-Z; exit 1", input=f"{SECRET}\n"))
    assert SECRET not in ended.output
    assert "its input is secret" in ended.lines["command x"]["detail"]


def test_a_failing_undo_is_tried_again(machine: Machine) -> None:
    machine.apply(shell("x", "true", undo=f"test -e {IN_ROOT}/srv/now"))
    assert machine.undo().states == {"command x": "failed"}
    machine.write("srv/now", "")
    assert machine.undo().states == {"command x": "changed"}
