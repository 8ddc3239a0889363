"""Users and groups: made with the plan's numbers, never changed behind anybody's back, taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.slurm.plan import Group, User
from tests.unit.node.apply import programs

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

GROUP = Group("bob", 20001)


def bob(**more: Any) -> User:
    return User("bob", 20001, "bob", "/home/bob", **more)


def shadow(machine: Machine, name: str) -> list[str]:
    return programs.entries(machine.root, "shadow")[name]


def groups_of(machine: Machine, name: str) -> set[str]:
    table = programs.entries(machine.root, "group")
    return {group for group, fields in table.items() if name in fields[2].split(",")}


def test_a_user_and_a_group_come_and_go(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(GROUP, User("bob", 20001, "bob", "/home/bob", "/bin/zsh"))
    assert "bob:x:20001:20001::/home/bob:/bin/zsh\n" in machine.read("etc/passwd")
    machine.undo()
    assert machine.tree() == before


def test_accounts_that_are_as_they_should_be_need_no_program(machine: Machine) -> None:
    machine.apply(GROUP, bob(groups=("gpu",)))
    machine.forget_calls()
    ended = machine.apply(GROUP, bob(groups=("gpu",)))
    assert (ended.ended["unchanged"], machine.calls()) == (2, [])


def test_no_password_lets_a_new_user_in(machine: Machine) -> None:
    machine.apply(GROUP, bob())
    assert shadow(machine, "bob")[0] == "*"


@pytest.mark.parametrize(("system", "option"), [(True, True), (False, False)])
def test_a_systems_user_is_made_as_one(machine: Machine, system: bool, option: bool) -> None:
    machine.apply(Group("d", 400, system=system), User("d", 400, "d", "/nonexistent", system=system))
    assert all(("--system" in call) is option for call in machine.calls())


def test_a_group_with_another_number_is_a_failure_and_stays(machine: Machine) -> None:
    ended = machine.apply(Group("gpu", 4400))
    assert ended.lines["group gpu"]["detail"].startswith("the group is there with the number 44, not 4400")
    assert machine.calls() == []


@pytest.mark.parametrize("do", ["apply", "diff"])
def test_a_user_with_another_number_is_a_failure_and_stays(machine: Machine, do: str) -> None:
    ended = machine.run(do, User("ann", 20007, "ann", "/home/ann"))
    assert ended.lines["user ann"]["state"] == "failed"
    assert "with the numbers 1000:1000, not 20007:1000" in ended.lines["user ann"]["detail"]
    assert machine.calls() == []


def test_a_user_who_was_there_gets_groups_and_loses_these_alone(machine: Machine) -> None:
    programs.set_groups(machine.root, "ann", "gpu")
    machine.apply(Group("video", 45))
    before = machine.tree()
    ann = User("ann", 1000, "ann", "/home/ann", "/bin/sh", groups=("video",))
    machine.apply(Group("video", 45), ann)
    assert groups_of(machine, "ann") == {"gpu", "video"}
    machine.apply(Group("video", 45))
    assert groups_of(machine, "ann") == {"gpu"}
    assert machine.read("etc/group") == before["etc/group"][1]


def test_a_group_that_the_plan_takes_off_a_user_goes_and_others_stay(machine: Machine) -> None:
    machine.apply(GROUP, Group("video", 45), bob(groups=("gpu", "video")))
    programs.set_groups(machine.root, "bob", "gpu,video,ann")
    machine.apply(GROUP, Group("video", 45), bob(groups=("gpu",)))
    assert groups_of(machine, "bob") == {"gpu", "ann"}


def test_a_users_shell_and_home_are_set_and_come_back(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(User("ann", 1000, "ann", "/data/ann", "/bin/bash"))
    assert "ann:x:1000:1000::/data/ann:/bin/bash\n" in machine.read("etc/passwd")
    machine.undo()
    assert machine.tree() == before


def test_a_locked_user_has_an_account_that_is_over(machine: Machine) -> None:
    machine.apply(GROUP, bob(locked=True))
    assert shadow(machine, "bob")[6] == "1"
    machine.apply(GROUP, bob())
    assert shadow(machine, "bob")[6] == ""


def test_a_user_who_was_there_is_unlocked_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(User("ann", 1000, "ann", "/home/ann", "/bin/sh", locked=True))
    assert shadow(machine, "ann")[6] == "1"
    machine.undo()
    assert machine.tree() == before


def test_a_user_of_ours_may_get_another_group(machine: Machine) -> None:
    machine.apply(GROUP, bob())
    machine.apply(Group("lab", 20100), User("bob", 20001, "lab", "/home/bob"))
    assert "bob:x:20001:20100:" in machine.read("etc/passwd")


def test_a_home_is_made_and_kept(machine: Machine) -> None:
    machine.apply(GROUP, bob(make_home=True))
    machine.write("home/bob/thesis", "x")
    ended = machine.undo()
    assert ended.lines["user bob"]["detail"] == "its home /home/bob stays"
    assert (ended.ended["kept"], ended.ended["left"]) == (["user bob"], [])
    assert machine.read("home/bob/thesis") == "x"
    assert "bob" not in machine.read("etc/passwd")


def test_a_home_is_deleted_where_that_is_asked_for(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(GROUP, bob(make_home=True))
    machine.undo(delete_data=True)
    assert machine.tree() == before


def test_a_home_that_was_there_is_never_deleted(machine: Machine) -> None:
    machine.write("home/bob/theirs", "x")
    machine.apply(GROUP, bob())
    machine.undo(delete_data=True)
    assert machine.read("home/bob/theirs") == "x"


def test_no_home_is_deleted_in_which_something_is_mounted(machine: Machine) -> None:
    machine.apply(GROUP, bob(make_home=True))
    machine.write("proc/self/mounts", "nas:/x /home/bob/share nfs4 rw 0 0\n")
    ended = machine.undo(delete_data=True)
    assert ended.lines["user bob"]["detail"] == "/home/bob/share is mounted there"
    assert "bob" in machine.read("etc/passwd")


def test_a_home_that_userdel_leaves_is_named(machine: Machine) -> None:
    machine.apply(GROUP, bob(make_home=True))
    machine.fails("userdel", "userdel: /home/bob not owned by bob, not removing\n", 12)
    ended = machine.undo(delete_data=True)
    assert "user bob" in ended.ended["left"]
    assert "not owned by bob" in ended.lines["user bob"]["detail"]


def test_a_user_who_is_at_work_is_taken_away_by_the_next_undo(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(GROUP, bob())
    machine.fails("userdel", "userdel: user bob is currently used by process 77\n", 8, times=1)
    ended = machine.undo()
    assert "used by process 77" in ended.lines["user bob"]["detail"]
    assert ended.states["user bob"] == "failed"
    machine.undo()
    assert "bob:x" not in machine.read("etc/passwd")
    assert before["etc/passwd"] == machine.tree()["etc/passwd"]


def test_a_group_that_others_have_taken_is_left(machine: Machine) -> None:
    machine.apply(GROUP)
    programs.add_line(machine.root, "passwd", "eve:x:20009:20001::/home/eve:/bin/sh")
    ended = machine.undo()
    assert ended.lines["group bob"]["detail"] == "it is the group of eve"
    assert ended.ended["left"] == ["group bob"]


def test_somebody_else_who_has_the_name_by_now_is_left(machine: Machine) -> None:
    machine.apply(GROUP, bob())
    machine.write("etc/passwd", machine.read("etc/passwd").replace("bob:x:20001", "bob:x:1005"))
    assert "user bob" in machine.undo().ended["left"]
    assert "bob:x:1005" in machine.read("etc/passwd")


def test_a_user_who_is_gone_already_needs_nothing(machine: Machine) -> None:
    machine.apply(GROUP, bob())
    programs.userdel(machine.root, ["bob"])
    assert machine.undo().status == 0
