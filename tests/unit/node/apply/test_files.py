"""Files: set, compared, given back, and what of them is shown."""

from __future__ import annotations

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
