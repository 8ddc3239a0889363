"""Files that come through the bucket."""

from __future__ import annotations

import hashlib
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.trial import FakeCloud, Machine


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only("files")


def offer(machine: Machine, cloud: FakeCloud, source: Path) -> None:
    """Packs `source` as the tool does, and tells the machine to copy it to /usr/copy here."""
    made = subprocess.run(["tar", "-C", source, "-cz", "."], capture_output=True, check=True).stdout
    name = f"d/abc-deployment/files/{hashlib.sha256(made).hexdigest()}.tar.gz"
    cloud.objects[name] = made
    machine.configure(files={"object": name, "destination": "/usr/copy here"})


def test_nested_folders_equal_names_and_modes_arrive(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    for path, text in (("run.sh", "top"), ("a/run.sh", "in a"), ("a/b/run.sh", "in b")):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    (source / "a/run.sh").chmod(0o750)
    offer(machine, cloud, source)

    done = machine.start()

    there = machine.root / "usr/copy here"
    assert done.returncode == 0, done.stderr
    assert [(there / p).read_text() for p in ("run.sh", "a/run.sh", "a/b/run.sh")] == ["top", "in a", "in b"]
    assert (there / "a/run.sh").stat().st_mode & 0o777 == 0o750
    assert machine.step("files")["status"] == "ok"


def test_a_folder_that_exists_keeps_its_own_mode(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir(mode=0o700)
    (source / "x").write_text("x")
    there = machine.root / "usr/copy here"
    there.mkdir(parents=True)
    there.chmod(0o755)
    offer(machine, cloud, source)

    machine.start()

    assert (there / "x").read_text() == "x"
    assert there.stat().st_mode & 0o777 == 0o755


def test_a_reboot_keeps_what_was_changed_since(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "x").write_text("as copied")
    offer(machine, cloud, source)
    machine.start()
    (machine.root / "usr/copy here/x").write_text("edited on the node")

    machine.start()

    assert (machine.root / "usr/copy here/x").read_text() == "edited on the node"
    assert machine.step("files")["status"] == "ok"


def test_a_damaged_archive_changes_nothing(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "x").write_text("x" * 10000)
    offer(machine, cloud, source)
    for name, content in cloud.objects.items():
        cloud.objects[name] = content[:-20]

    machine.start()

    assert machine.record()["status"] == "failed"
    assert not (machine.root / "usr/copy here").exists()


def test_any_name_of_a_folder_is_found(machine: Machine, cloud: FakeCloud) -> None:
    made = subprocess.run(["tar", "-cz", "--files-from", "/dev/null"], capture_output=True, check=True).stdout
    name = f"d/änd ünd+100%/files/{hashlib.sha256(made).hexdigest()}.tar.gz"
    cloud.objects[name] = made
    machine.configure(files={"object": name, "destination": "/x"})

    machine.start()

    assert machine.step("files")["status"] == "ok", machine.step("files")["tail"]


def test_a_missing_archive_is_named(machine: Machine) -> None:
    machine.configure(files={"object": "d/files/abc.tar.gz", "destination": "/x"})

    machine.start()

    assert "gs://b/d/files/abc.tar.gz: HTTP 404" in machine.step("files")["tail"]


def offer_samples(machine: Machine, cloud: FakeCloud, source: Path, **config: object) -> None:
    """Packs a sample as the tool does, and tells the machine of it."""
    source.mkdir()
    (source / "train.py").write_text("sample")
    made = subprocess.run(["tar", "-C", source, "-cz", "."], capture_output=True, check=True).stdout
    cloud.objects["d/abc-deployment/files/5a.tar.gz"] = made
    samples = {"object": "d/abc-deployment/files/5a.tar.gz", "destination": "/home/jupyter/aiinfra-sample"}
    machine.configure(samples=samples, **config)


def test_the_samples_are_there_before_the_command_runs(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    offer_samples(machine, cloud, tmp_path / "source")
    cloud.metadata["attributes/cluster-startup-command"] = 'cat "$NODE_ROOT"/home/jupyter/*/train.py >"$NODE_ROOT/seen"'

    machine.start()

    cloud.record_when(lambda r: r["step"] == "done")
    assert (machine.root / "seen").read_text() == "sample"
    assert machine.step("files")["status"] == "skipped"  # that step tells of the user's own files


def test_the_samples_are_the_notebooks_user(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    machine.command("id")
    machine.command("chown")
    offer_samples(machine, cloud, tmp_path / "source")

    machine.start()

    assert machine.calls("chown") == [f"chown -R jupyter: {machine.root}/home/jupyter/aiinfra-sample"]


def test_samples_that_can_not_be_read_yet_hold_nothing_up_and_come_later(
    machine: Machine, cloud: FakeCloud, tmp_path: Path
) -> None:
    offer_samples(machine, cloud, tmp_path / "source")
    machine.environment.update(SAMPLES_PATIENCE="0", DOWNLOAD_LIMIT="20")
    held_back = cloud.objects.copy()
    cloud.objects.clear()
    script = threading.Thread(target=machine.start)
    script.start()
    cloud.record_when(lambda r: r["status"] == "ready")

    cloud.objects.update(held_back)

    script.join()
    assert (machine.root / "home/jupyter/aiinfra-sample/train.py").read_text() == "sample"


def test_samples_that_can_never_be_read_fail_no_node(machine: Machine, cloud: FakeCloud, tmp_path: Path) -> None:
    offer_samples(machine, cloud, tmp_path / "source")
    machine.environment["SAMPLES_PATIENCE"] = "0"
    cloud.objects.clear()

    assert machine.start().returncode == 0

    assert machine.record()["status"] == "ready"
