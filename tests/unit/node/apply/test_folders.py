"""Folders: made, kept with data, given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import File, Folder

if TYPE_CHECKING:
    from tests.unit.node.apply.kit import Machine

CONF = File("/etc/app.conf", "new\n")


def test_a_folder_is_made_with_its_mode_and_is_gone_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/spool", "0700"))
    assert (machine.root / "srv/spool").stat().st_mode & 0o777 == 0o700
    machine.undo()
    assert machine.tree() == before


def test_a_folder_that_was_there_gets_its_mode_back(machine: Machine) -> None:
    (machine.root / "srv").chmod(0o711)
    before = machine.tree()
    machine.apply(Folder("/srv", "0755"))
    machine.undo()
    assert machine.tree() == before


def test_a_folder_with_something_in_it_is_left_and_told(machine: Machine) -> None:
    machine.apply(Folder("/srv/spool"))
    machine.write("srv/spool/theirs", "x")
    ended = machine.undo()
    assert ended.lines["folder /srv/spool"]["detail"] == "it holds theirs"
    assert ended.ended["left"] == ["folder /srv/spool"]
    assert machine.read("srv/spool/theirs") == "x"


def test_a_folder_of_data_is_kept(machine: Machine) -> None:
    machine.apply(Folder("/srv/data", data=True))
    machine.write("srv/data/a/b", "x")
    ended = machine.undo()
    assert (ended.lines["folder /srv/data"]["state"], ended.ended["left"]) == ("left", [])
    assert ended.ended["kept"] == ["folder /srv/data"]
    assert machine.read("srv/data/a/b") == "x"


def test_folders_that_were_made_for_data_are_kept_with_them(machine: Machine) -> None:
    machine.apply(Folder("/export/a/shared", data=True))
    machine.write("export/a/shared/b", "x")
    ended = machine.undo().ended
    assert (ended["left"], ended["kept"]) == ([], ["folder /export/a/shared", "folder /export/a", "folder /export"])


def test_a_folder_that_holds_more_than_kept_data_is_left(machine: Machine) -> None:
    machine.apply(Folder("/export/shared", data=True))
    machine.write("export/shared/b", "x")
    machine.write("export/theirs", "x")
    assert machine.undo().ended["left"] == ["folder /export"]


def test_a_folder_of_data_is_deleted_where_that_is_asked_for(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/data", data=True))
    machine.write("srv/data/a/b", "x")
    machine.undo(delete_data=True)
    assert machine.tree() == before


def test_data_that_were_there_before_are_never_deleted(machine: Machine) -> None:
    machine.write("srv/data/theirs", "x")
    machine.apply(Folder("/srv/data", data=True))
    machine.undo(delete_data=True)
    assert machine.read("srv/data/theirs") == "x"


def test_what_the_clusters_daemons_write_goes_with_its_folder(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/spool", contents=True))
    machine.write("srv/spool/job1/script", "x")
    assert machine.undo().ended["left"] == []
    assert machine.tree() == before


def test_a_folder_of_daemons_that_was_there_before_keeps_what_it_holds(machine: Machine) -> None:
    machine.write("srv/spool/theirs", "x")
    machine.apply(Folder("/srv/spool", contents=True))
    machine.undo()
    assert machine.read("srv/spool/theirs") == "x"


def test_a_folder_made_once_stays_as_it_is_found(machine: Machine) -> None:
    (machine.root / "srv").chmod(0o711)
    assert machine.apply(Folder("/srv", "0755", once=True)).states == {"folder /srv": "unchanged"}


def test_a_folder_made_once_by_us_goes_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Folder("/srv/x", once=True))
    (machine.root / "srv/x").chmod(0o700)
    assert machine.apply(Folder("/srv/x", once=True)).ended["changed"] == 0
    machine.undo()
    assert machine.tree() == before


def test_nothing_below_a_mount_is_deleted(machine: Machine) -> None:
    machine.apply(Folder("/srv/data", data=True))
    machine.write("srv/data/share/theirs", "x")
    machine.write("proc/self/mounts", "nas:/ /srv/data/share nfs4 rw 0 0\n")
    ended = machine.undo(delete_data=True)
    assert ended.lines["folder /srv/data"]["detail"] == "/srv/data/share is mounted there"
    assert machine.read("srv/data/share/theirs") == "x"
