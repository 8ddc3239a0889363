"""On a Slurm cluster a command's output comes home with that of its jobs, read as their user."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from node.slurm_cloud import results
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.results import JobFiles, bring_results, job_files
from node.slurm_cloud.storage import store_of
from tests.unit.node.slurm.services import AZURE, GOOGLE

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place
    from tests.unit.node.slurm.services import Services


class Store:
    """A store that holds what is put there."""

    def __init__(self, **wish: Any) -> None:
        self.wish = json.dumps(wish).encode() if wish else None
        self.put_there: dict[str, bytes] = {}
        self.modes: set[int] = set()

    def read(self, name: str) -> bytes | None:
        return self.wish

    def write(self, name: str, content: bytes, *, only_new: bool = False) -> bool:
        raise AssertionError

    def put(self, name: str, path: str) -> None:
        self.put_there[name] = Path(path).read_bytes()
        self.modes.add(Path(path).stat().st_mode & 0o777)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without runuser(1), which needs root: what follows its -- runs as who is here."""
    monkeypatch.setattr(results, "OUTPUT_COPY", str(tmp_path / "copy"))
    monkeypatch.setattr(results, "ARCHIVE", str(tmp_path / "archive"))
    plain, real = results.run, subprocess.run

    def own(words: Any) -> list[str]:
        return list(words[words.index("--") + 1 :]) if words[0] == "runuser" else list(words)

    monkeypatch.setattr(results, "run", lambda *words: plain(*own(words)))
    monkeypatch.setattr(results.subprocess, "run", lambda words, **options: real(own(words), **options))


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log"
    path.write_text("Submitted batch job 7\n")
    return str(path)


def test_the_output_of_jobs_stands_behind_the_commands_own(tmp_path: Path, log: str) -> None:
    (tmp_path / "slurm-7.out").write_text("result=42\n")
    store = Store(asked=True, folder="")
    jobs = [JobFiles("7", (str(tmp_path / "slurm-7.out"),)), JobFiles("8", ("/not/here",))]
    found = bring_results(GOOGLE, store, "root", log, jobs)
    text = store.put_there["nodes/output/vega-ctl.log"].decode()
    assert text.startswith("Submitted batch job 7\n\n==> job 7: ")
    assert "result=42\n" in text
    assert "(it can't be read here)" in text
    assert found is not None
    assert found.output == len(text)
    assert not Path(results.OUTPUT_COPY).exists()


@pytest.mark.parametrize("wish", [{}, {"asked": False, "folder": "/x"}])
def test_nothing_is_put_there_where_nobody_asks(log: str, wish: dict[str, Any]) -> None:
    store = Store(**wish)
    assert bring_results(GOOGLE, store, "root", log, []) is None
    assert store.put_there == {}


def test_the_folder_comes_as_an_archive(tmp_path: Path, log: str) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results/it").write_text("42")
    store = Store(asked=True, folder=str(tmp_path / "results"))
    found = bring_results(GOOGLE, store, "root", log, [])
    assert found is not None
    assert found.folder == len(store.put_there["nodes/results/vega-ctl.tar.gz"])


def test_nobody_else_reads_what_is_on_its_way(tmp_path: Path, log: str) -> None:
    store = Store(asked=True, folder=str(tmp_path))
    bring_results(GOOGLE, store, "root", log, [])
    assert (len(store.put_there), store.modes) == (2, {0o600})


def test_what_cannot_come_is_a_note(tmp_path: Path, log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = bring_results(GOOGLE, Store(asked=True, folder="/not/here"), "root", log, [])
    assert found is not None
    assert found.note == "there is no folder /not/here"
    monkeypatch.setattr(results, "FOLDER_MOST", 10)
    found = bring_results(GOOGLE, Store(asked=True, folder=str(tmp_path)), "root", log, [])
    assert found is not None
    assert "was not fetched" in found.note


def test_where_a_jobs_output_goes_is_what_slurm_says(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "JobId=7 JobName=train\n   StdErr=/home/a/e.txt\n   StdIn=/dev/null\n   StdOut=/home/a/o.txt\n   Power=\n"
    monkeypatch.setattr(results, "run", lambda *_: (0, said))
    assert job_files("7").paths == ("/home/a/e.txt", "/home/a/o.txt")


@pytest.mark.parametrize("place", [GOOGLE, AZURE])
def test_a_file_is_put_with_its_bytes(services: Services, place: Place, log: str) -> None:
    paths = {"gcp": "POST /upload/storage/v1/b/state/o", "azure": "PUT /tfstate/clusters/vega/nodes/output/x.log"}
    services.answers[paths[place.cloud]] = (200 if place.cloud == "gcp" else 201, {})
    store_of(place, Identity(place)).put("nodes/output/x.log", log)
    assert services.asked[-1][3] == b"Submitted batch job 7\n"
