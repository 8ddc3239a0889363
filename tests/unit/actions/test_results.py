"""What a command leaves comes home, safely, and is shown once where machines say the same."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions.results import unpack as unpacking
from cluster_provision.actions.results.text import results_text
from cluster_provision.actions.results.unpack import unpack
from cluster_provision.node import NodeRecord, NodeSummary
from cluster_provision.readiness.command_results import WISH_FILE, results_there, write_wish
from cluster_provision.result import CommandOutput
from cluster_provision.slurm.startup_command import ORDER_FILE, Order, Outcome, outcome_file

if TYPE_CHECKING:
    from pathlib import Path


def packed(folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    path = folder / "results.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for about, content in members:
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return path


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> Any:
    about = tarfile.TarInfo(name)
    about.type, about.linkname = kind, link
    return about, content


def test_files_and_links_within_come_out_as_they_were(tmp_path: Path) -> None:
    archive = packed(tmp_path, member("./a/it", b"42"), member("./link", kind=tarfile.SYMTYPE, link="a/it"))
    assert unpack(archive, tmp_path / "out") == ""
    assert (tmp_path / "out/link").read_bytes() == b"42"


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside", b"x"),
        member("out", kind=tarfile.SYMTYPE, link="/etc"),
        member("out", kind=tarfile.SYMTYPE, link="../.."),
        member("hard", kind=tarfile.LNKTYPE, link="../../outside"),
        member("device", kind=tarfile.CHRTYPE),
    ],
)
def test_what_leads_out_is_left_out_and_named_and_the_rest_comes(tmp_path: Path, bad: Any) -> None:
    archive = packed(tmp_path, bad, member("good", b"42"))
    assert bad[0].name in unpack(archive, tmp_path / "to/here")
    assert [each.name for each in (tmp_path / "to/here").iterdir()] == ["good"]
    assert not (tmp_path / "to/outside").exists()


def test_a_link_that_leads_out_by_others_goes_again(tmp_path: Path) -> None:
    links = [
        member("d/", kind=tarfile.DIRTYPE),
        member("x/", kind=tarfile.DIRTYPE),
        member("d/a", kind=tarfile.SYMTYPE, link="../x"),
        member("b", kind=tarfile.SYMTYPE, link="d/a/../.."),
    ]
    assert "b" in unpack(packed(tmp_path, *links), tmp_path / "to/here")
    assert sorted(each.name for each in (tmp_path / "to/here").iterdir()) == ["d", "x"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/a").symlink_to(tmp_path / "elsewhere")
    told = unpack(packed(tmp_path, member("a/it", b"42")), tmp_path / "out")
    assert "a/it" in told
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_no_link_is_made_behind_another_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    first = member("a", kind=tarfile.SYMTYPE, link=str(tmp_path / "elsewhere"))
    unpack(packed(tmp_path, first, member("a/it", kind=tarfile.SYMTYPE, link="x")), tmp_path / "out")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert list((tmp_path / "out").iterdir()) == []


def test_a_hard_link_comes_as_a_copy(tmp_path: Path) -> None:
    archive = packed(tmp_path, member("a", b"42"), member("b", kind=tarfile.LNKTYPE, link="a"))
    assert unpack(archive, tmp_path / "out") == ""
    assert (tmp_path / "out/b").read_bytes() == b"42"


def test_an_absolute_path_lies_in_the_folder(tmp_path: Path) -> None:
    unpack(packed(tmp_path, member(f"{tmp_path}/outside", b"x")), tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_more_than_the_limit_is_left_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 10)
    archive = packed(tmp_path, member("small", b"1"), member("large", b"1" * 20))
    assert "more than 10 bytes" in unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out/large").exists()


def test_an_archive_that_is_cut_off_gives_what_it_has_and_a_word(tmp_path: Path) -> None:
    whole = packed(tmp_path, member("a", b"1" * 100_000)).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    assert "could not be read to its end" in unpack(tmp_path / "cut", tmp_path / "out")


def test_an_archive_with_other_bytes_in_it_is_no_trouble_of_this_machines_disk(tmp_path: Path) -> None:
    whole = gzip.decompress(packed(tmp_path, member("a", b"1" * 100_000)).read_bytes())
    (tmp_path / "mixed").write_bytes(gzip.compress(whole[:50_000]) + b"not an archive")
    assert "could not be read to its end" in unpack(tmp_path / "mixed", tmp_path / "out")


def test_equal_outputs_are_shown_once() -> None:
    text = results_text([CommandOutput(f"demo-{n}", "ok", "result=42\n") for n in range(3)])
    assert text.count("result=42") == 1
    assert "demo-0, demo-1, demo-2" in text


def test_the_last_lines_alone_are_shown_and_a_note_beside() -> None:
    long = "".join(f"line {n}\n" for n in range(100))
    text = results_text([CommandOutput("demo-1", "ok", long, note="there is no folder /r")])
    assert "line 79" not in text
    assert "line 99" in text
    assert "(there is no folder /r)" in text


def test_without_results_nothing_is_shown() -> None:
    assert results_text([]) == ""


class Store:
    """A store with texts, and records of nodes by name."""

    def __init__(self, texts: dict[str, str] | None = None, **records: dict[str, Any]) -> None:
        self.texts = texts or {}
        self.records = records

    def read(self, name: str) -> str | None:
        return self.texts.get(name)

    def write(self, name: str, text: str) -> None:
        self.texts[name] = text

    def node_summaries(self) -> list[NodeSummary]:
        return [NodeSummary(name, "ready", "done", f"id-{name}") for name in self.records]

    def node_record(self, name: str) -> NodeRecord:
        step = {"name": "command", **self.records[name]}
        return NodeRecord.from_json({"node": name, "instance_id": f"id-{name}", "steps": [step]})


RESULTS = {"output": 10, "folder": None, "left_out": 0, "note": ""}


def test_machines_whose_command_has_ended_have_results() -> None:
    store: Any = Store(
        a={"status": "ok", "results": RESULTS}, b={"status": "failed", "results": RESULTS}, c={"status": "running"}
    )
    assert [(each.name, each.failed) for each in results_there(store, {})] == [("a", False), ("b", True)]


def test_a_record_of_a_machine_that_is_no_more_is_ignored() -> None:
    store: Any = Store(a={"status": "ok", "results": RESULTS}, b={"status": "ok", "results": RESULTS})
    assert [each.name for each in results_there(store, {"a": "id-a", "b": "another"})] == ["a"]


def test_a_slurm_clusters_results_are_those_of_its_one_command() -> None:
    outcome = Outcome("first", "demo-login-1", status="ok")
    texts = {ORDER_FILE: Order("first", "true").text(), outcome_file("first"): outcome.text()}
    store: Any = Store(texts, a={"status": "ok"})
    assert [each.name for each in results_there(store, {})] == ["demo-login-1"]
    store.texts[outcome_file("first")] = Outcome("first", "demo-login-1").text()
    assert results_there(store, {}) == []


@pytest.mark.parametrize(("wait", "asked", "folder"), [(True, True, "/results"), (False, False, "")])
def test_machines_are_asked_where_create_waits(wait: bool, asked: bool, folder: str) -> None:
    store: Any = Store()
    given: Any = SimpleNamespace(startup_command="true", ends_with_command=wait, results_dir="/results")
    write_wish(store, given)
    wish = json.loads(store.texts[WISH_FILE])
    assert (wish["asked"], wish["folder"]) == (asked, folder)
