"""Files, folders and blocks of lines: set, compared, given back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.plan import Block, File, Folder

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.apply.kit import Machine

CONF = File("/etc/app.conf", "new\n")
HOSTS = Block("/etc/hosts", "vega", ("10.0.0.1 n-1", "10.0.0.2 n-2"))
IN_HOSTS = "# BEGIN cluster-provision vega\n10.0.0.1 n-1\n10.0.0.2 n-2\n# END cluster-provision vega\n"


def copies(machine: Machine) -> list[Path]:
    return sorted((machine.root / "etc").glob("*.before-*"))


def test_a_file_is_made_and_is_gone_again(machine: Machine) -> None:
    before = machine.tree()
    assert machine.apply(CONF).states == {"file /etc/app.conf": "changed"}
    assert machine.read("etc/app.conf") == "new\n"
    assert machine.undo().states == {"file /etc/app.conf": "changed"}
    assert machine.tree() == before


def test_a_second_apply_changes_nothing_and_writes_nothing(machine: Machine) -> None:
    machine.apply(CONF, HOSTS)
    before = machine.inodes()
    ended = machine.apply(CONF, HOSTS).ended
    assert ended == {"changed": 0, "unchanged": 2, "would change": 0, "failed": 0, "left": [], "kept": []}
    assert machine.inodes() == before
    assert machine.calls() == []


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_a_file_that_was_there_comes_back_with_its_mode(machine: Machine, mode: int) -> None:
    machine.write("etc/app.conf", "theirs\n", mode)
    before = machine.tree()
    machine.apply(CONF)
    assert (machine.root / "etc/app.conf").stat().st_mode & 0o777 == 0o644
    machine.undo()
    assert machine.tree() == before


def test_a_file_of_any_bytes_comes_back(machine: Machine) -> None:
    path = machine.write("etc/app.conf", "")
    path.write_bytes(b"\xff\x00\r\n\xfe")
    machine.apply(CONF)
    machine.undo()
    assert path.read_bytes() == b"\xff\x00\r\n\xfe"


def test_a_wrong_mode_alone_is_set(machine: Machine) -> None:
    machine.apply(CONF)
    (machine.root / "etc/app.conf").chmod(0o666)
    line = machine.apply(CONF).lines["file /etc/app.conf"]
    assert (line["state"], line["detail"]) == ("changed", "mode 0666 → 0644")
    assert copies(machine) == []


def test_a_comparison_shows_lines_and_changes_nothing(machine: Machine) -> None:
    machine.write("etc/app.conf", "old\n")
    before = machine.tree()
    ended = machine.diff(CONF, HOSTS, Folder("/srv/x"))
    assert "-old\n+new" in ended.lines["file /etc/app.conf"]["diff"]
    assert "+10.0.0.2 n-2" in ended.lines["block /etc/hosts vega"]["diff"]
    assert set(ended.states.values()) == {"would change"}
    assert ended.ended["would change"] == 3
    assert machine.tree() == before


def test_a_comparison_names_what_the_plan_no_longer_has(machine: Machine) -> None:
    machine.apply(CONF, HOSTS)
    assert machine.diff(HOSTS).states == {"file /etc/app.conf": "would change", "block /etc/hosts vega": "unchanged"}
    assert machine.read("etc/app.conf") == "new\n"


def test_what_a_plan_no_longer_has_is_given_back_in_reverse(machine: Machine) -> None:
    machine.write("etc/app.conf", "old\n")
    inner = File("/srv/a/b/c", "x")
    machine.apply(CONF, Folder("/srv/a"), Folder("/srv/a/b"), inner)
    ended = machine.apply(Folder("/srv/a"))
    gone = ["file /srv/a/b/c", "folder /srv/a/b", "file /etc/app.conf"]
    assert [name for name, state in ended.states.items() if state == "changed"] == gone
    assert machine.read("etc/app.conf") == "old\n"
    assert list((machine.root / "srv/a").iterdir()) == []


def test_a_file_that_somebody_edited_is_copied_and_set(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write("etc/app.conf", "theirs\n")
    assert machine.apply(CONF).states == {"file /etc/app.conf": "changed"}
    assert machine.read("etc/app.conf") == "new\n"
    (copy,) = copies(machine)
    assert copy.name.startswith("app.conf.before-vega-")
    assert copy.read_text() == "theirs\n"


def test_a_copy_of_an_edited_file_is_named_as_left(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write("etc/app.conf", "theirs\n")
    machine.apply(CONF)
    (copy,) = copies(machine)
    ended = machine.undo()
    assert ended.ended["left"] == [f"file /etc/{copy.name}"]
    assert not (machine.root / "etc/app.conf").exists()


def test_an_edited_file_is_left_by_undo_and_named(machine: Machine) -> None:
    machine.apply(CONF)
    machine.write("etc/app.conf", "theirs\n")
    ended = machine.undo()
    assert ended.lines["file /etc/app.conf"]["state"] == "left"
    assert "changed it since" in ended.lines["file /etc/app.conf"]["detail"]
    assert ended.ended["left"] == ["file /etc/app.conf"]
    assert machine.read("etc/app.conf") == "theirs\n"


def test_an_edit_that_the_next_plan_has_too_is_ours_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(CONF)
    machine.write("etc/app.conf", "newer\n")
    assert machine.apply(File("/etc/app.conf", "newer\n")).states == {"file /etc/app.conf": "unchanged"}
    machine.undo()
    assert machine.tree() == before


def test_a_file_that_somebody_deleted_is_made_again_without_a_copy(machine: Machine) -> None:
    machine.apply(CONF)
    (machine.root / "etc/app.conf").unlink()
    machine.apply(CONF)
    assert machine.read("etc/app.conf") == "new\n"
    assert copies(machine) == []


def test_a_file_that_changed_twice_goes_back_to_what_was_first(machine: Machine) -> None:
    machine.write("etc/app.conf", "first\n")
    before = machine.tree()
    for text in ("one\n", "two\n", "three\n"):
        machine.apply(File("/etc/app.conf", text))
    assert copies(machine) == []
    machine.undo()
    assert machine.tree() == before


def test_a_file_written_once_stays_as_it_is_found(machine: Machine) -> None:
    machine.write("etc/key", "theirs")
    assert machine.apply(File("/etc/key", "ours", once=True)).states == {"file /etc/key": "unchanged"}
    assert machine.read("etc/key") == "theirs"


def test_a_file_written_once_by_us_is_taken_back(machine: Machine) -> None:
    before = machine.tree()
    for text in ("one", "two"):
        machine.apply(File("/etc/key", text, once=True))
    assert machine.read("etc/key") == "one"
    machine.undo()
    assert machine.tree() == before


@pytest.mark.parametrize("edit", ["theirs", ""])
def test_a_file_written_once_that_somebody_edited_is_left(machine: Machine, edit: str) -> None:
    machine.apply(File("/etc/key", "one", once=True))
    machine.write("etc/key", edit)
    machine.apply(File("/etc/key", "two", once=True))
    assert machine.undo().ended["left"] == ["file /etc/key"]
    assert machine.read("etc/key") == edit


def test_a_symbolic_link_in_a_files_place_is_replaced_and_comes_back(machine: Machine) -> None:
    target = machine.write("run/stub.conf", "another program's\n")
    (machine.root / "etc/resolv.conf").symlink_to("../run/stub.conf")
    before = machine.tree()
    machine.apply(File("/etc/resolv.conf", "nameserver 10.0.0.2\n"))
    assert not (machine.root / "etc/resolv.conf").is_symlink()
    assert target.read_text() == "another program's\n"
    machine.undo()
    assert machine.tree() == before


def test_a_folder_in_a_files_place_is_a_failure(machine: Machine) -> None:
    (machine.root / "etc/app.conf").mkdir()
    ended = machine.apply(CONF)
    assert ended.lines["file /etc/app.conf"]["detail"] == "a folder is in its place"
    assert ended.status == 1


def test_a_first_failure_ends_an_apply(machine: Machine) -> None:
    (machine.root / "etc/app.conf").mkdir()
    assert machine.apply(CONF, HOSTS).states == {"file /etc/app.conf": "failed"}


def test_a_failure_ends_no_comparison(machine: Machine) -> None:
    (machine.root / "etc/app.conf").mkdir()
    assert machine.diff(CONF, HOSTS).states["block /etc/hosts vega"] == "would change"


def test_folders_that_a_file_needs_come_and_go_with_it(machine: Machine) -> None:
    before = machine.tree()
    nested = File("/srv/a/b/c.conf", "x")
    machine.apply(nested)
    assert machine.apply(nested, CONF).states["file /srv/a/b/c.conf"] == "unchanged"
    machine.apply(CONF)
    machine.undo()
    assert machine.tree() == before


def test_a_path_with_dots_is_refused(machine: Machine) -> None:
    ended = machine.apply(File("/etc/../../escaped", "x"))
    assert "'..' is not allowed" in ended.lines["file /etc/../../escaped"]["detail"]


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


def test_a_block_follows_what_is_there_and_goes_again(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(HOSTS)
    assert machine.read("etc/hosts") == "127.0.0.1 localhost\n" + IN_HOSTS
    machine.undo()
    assert machine.tree() == before


@pytest.mark.parametrize("text", ["127.0.0.1 localhost", "", "\n\n", "a\r\n"])
def test_a_block_leaves_no_trace_in_any_file(machine: Machine, text: str) -> None:
    machine.write("etc/hosts", text, 0o640)
    before = machine.tree()
    machine.apply(HOSTS)
    machine.apply(Block("/etc/hosts", "vega", ("10.0.0.9 n-9",)))
    machine.undo()
    assert machine.tree() == before


def test_lines_that_others_write_around_a_block_stay(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", "first\n" + machine.read("etc/hosts") + "last\n")
    machine.apply(Block("/etc/hosts", "vega", ("10.0.0.9 n-9",)))
    assert machine.read("etc/hosts").splitlines()[3] == "10.0.0.9 n-9"
    machine.undo()
    assert machine.read("etc/hosts") == "first\n127.0.0.1 localhost\nlast\n"


def test_a_file_made_for_a_block_goes_with_it(machine: Machine) -> None:
    before = machine.tree()
    machine.apply(Block("/etc/exports", "vega", ("/srv n-2(rw)",), mode="0640"))
    assert (machine.root / "etc/exports").stat().st_mode & 0o777 == 0o640
    machine.undo()
    assert machine.tree() == before


def test_a_file_made_for_a_block_stays_with_lines_of_others(machine: Machine) -> None:
    machine.apply(Block("/etc/exports", "vega", ("/srv n-2(rw)",)))
    machine.write("etc/exports", machine.read("etc/exports") + "/home n-3(ro)\n")
    assert machine.undo().ended["left"] == ["block /etc/exports vega"]
    assert machine.read("etc/exports") == "/home n-3(ro)\n"


def test_a_block_that_somebody_edited_is_left(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", machine.read("etc/hosts").replace("n-2", "theirs"))
    assert machine.undo().ended["left"] == ["block /etc/hosts vega"]
    assert "10.0.0.2 theirs" in machine.read("etc/hosts")


def test_a_block_that_somebody_edited_is_copied_and_set(machine: Machine) -> None:
    machine.apply(HOSTS)
    machine.write("etc/hosts", machine.read("etc/hosts").replace("n-2", "theirs"))
    machine.apply(HOSTS)
    assert IN_HOSTS in machine.read("etc/hosts")
    (copy,) = copies(machine)
    assert "10.0.0.2 theirs" in copy.read_text()


def test_two_blocks_in_a_file_are_apart(machine: Machine) -> None:
    before = machine.tree()
    other = Block("/etc/hosts", "vega more", ("10.0.1.1 m-1",))
    machine.apply(HOSTS, other)
    machine.apply(other)
    assert IN_HOSTS not in machine.read("etc/hosts")
    assert "10.0.1.1 m-1" in machine.read("etc/hosts")
    machine.undo()
    assert machine.tree() == before


@pytest.mark.parametrize("block", [Block("/etc/hosts", "a\nb", ()), Block("/etc/hosts", "a", ("x\ny",))])
def test_a_line_that_would_be_two_is_refused(machine: Machine, block: Block) -> None:
    before = machine.read("etc/hosts")
    assert set(machine.apply(block).states.values()) == {"failed"}
    assert machine.read("etc/hosts") == before


SECRET = "CANARY-4711"


@pytest.mark.parametrize("do", ["apply", "diff"])
def test_a_secret_file_is_shown_nowhere(machine: Machine, do: str) -> None:
    machine.write("etc/key", f"{SECRET}-old\n")
    ended = machine.run(do, File("/etc/key", SECRET, mode="0400", secret=True))
    assert SECRET not in ended.output
    assert "diff" not in ended.lines["file /etc/key"]


def test_a_file_that_was_secret_is_not_shown_when_it_no_longer_is(machine: Machine) -> None:
    machine.apply(File("/etc/key", SECRET, secret=True))
    assert SECRET not in machine.apply(File("/etc/key", "public\n")).output


def test_a_file_of_somebodys_that_is_not_for_everybody_is_not_shown(machine: Machine) -> None:
    machine.write("etc/app.conf", f"password={SECRET}\n", 0o640)
    assert SECRET not in machine.diff(CONF).output


def test_what_we_write_ourselves_is_not_in_the_journal(machine: Machine) -> None:
    machine.apply(File("/etc/key", SECRET, secret=True))
    assert SECRET not in str(machine.journal())
    assert (machine.root / "var/lib/cluster-provision/vega").stat().st_mode & 0o777 == 0o700
    assert (machine.root / "var/lib/cluster-provision/vega/journal.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_no_link_of_a_users_leads_root_to_what_is_not_theirs(machine: Machine) -> None:
    home = machine.root / "home/mallory"
    home.mkdir()
    (home / ".ssh").symlink_to(machine.root / "etc")
    os.chown(home, 1000, 1000)
    ended = machine.apply(File("/home/mallory/.ssh/authorized_keys", "ssh-ed25519 AAAA\n"))
    assert "symbolic link of user 1000" in ended.lines["file /home/mallory/.ssh/authorized_keys"]["detail"]
    assert not (machine.root / "etc/authorized_keys").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_roots_folder_in_a_users_folder_is_no_link(machine: Machine) -> None:
    (machine.root / "srv/slurm/d").mkdir(parents=True)
    os.chown(machine.root / "srv/slurm", 1000, 1000)
    assert machine.apply(File("/srv/slurm/d/state", "x")).states == {"file /srv/slurm/d/state": "changed"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_owners_are_set_and_come_back(machine: Machine) -> None:
    path = machine.write("etc/app.conf", "old\n")
    os.chown(path, 1000, 44)
    machine.apply(File("/etc/app.conf", "new\n", owner="ann", group="gpu", mode="0640"))
    assert (path.stat().st_uid, path.stat().st_gid) == (1000, 44)
    machine.apply(CONF)
    assert (path.stat().st_uid, path.stat().st_gid) == (0, 0)
    machine.undo()
    assert (path.stat().st_uid, path.stat().st_gid) == (1000, 44)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_a_file_made_for_a_block_gets_its_owner(machine: Machine) -> None:
    machine.apply(Block("/home/ann/keys", "vega", ("ssh-ed25519 AAAA",), "0600", "ann", "gpu"))
    found = (machine.root / "home/ann/keys").stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (1000, 44, 0o600)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to others")
def test_an_owner_that_is_missing_is_named(machine: Machine) -> None:
    ended = machine.apply(File("/etc/app.conf", "x", owner="nobody-here"))
    assert ended.lines["file /etc/app.conf"]["detail"] == "there is no user nobody-here"
    assert not (machine.root / "etc/app.conf").exists()
