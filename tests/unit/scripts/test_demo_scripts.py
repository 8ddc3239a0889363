"""The demo is destroyed wherever it ran, with an engine or without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from embedded_cloud.engine import names as engine_names
from tests.unit.scripts.conftest import REGISTRY

if TYPE_CHECKING:
    from tests.unit.scripts.conftest import Machine

FILTER = f"--filter label={engine_names.LABEL}"


@pytest.fixture
def demo(machine: Machine) -> Machine:
    """What Python is asked for is written down."""
    python = machine.project / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/bash\necho "$*" >>{machine.folder}/python\n[ ! -e {machine.folder}/refuse ]\n')
    python.chmod(0o755)
    return machine


def noted(machine: Machine, *demos: str) -> None:
    """The demos of this checkout: how each is rehearsed, and its env file."""
    (machine.project / ".cache/demo").mkdir(parents=True)
    (machine.project / ".cache/demos").write_text("".join(f"{each}\n" for each in demos))


def played(machine: Machine) -> str:
    file = machine.folder / "python"
    return file.read_text() if file.exists() else ""


def test_force_removes_what_is_on_the_engine_even_beside_a_demo_without_one(demo: Machine) -> None:
    (demo.folder / "up").touch()
    (demo.folder / "containers").write_text("rehearsal-cloud\n")
    noted(demo, "plan /my.list")
    down = demo.run("demo_down.sh", "--force")
    assert down.returncode == 0, down.stderr
    assert "/my.list" in played(demo)
    assert "Destroy" in played(demo)
    assert not (demo.project / ".cache/demo").exists()
    assert "rm -f -v rehearsal-cloud" in demo.asked()
    assert f"volume ls -q {FILTER}" in demo.asked()
    assert "nothing is left" in down.stderr


def test_a_demo_that_can_not_be_destroyed_is_kept(demo: Machine) -> None:
    noted(demo, "plan /my.list")
    (demo.folder / "refuse").touch()
    down = demo.run("demo_down.sh")
    assert down.returncode == 1
    assert "make demo-down FORCE=1" in down.stderr
    assert (demo.project / ".cache/demo").exists()


def test_an_engine_of_ours_that_is_down_comes_up_to_be_cleaned(demo: Machine) -> None:
    demo.run("engine.sh", "start")
    demo.run("engine.sh", "stop")
    (demo.folder / "containers").write_text("rehearsal-cloud\n")
    down = demo.run("demo_down.sh", "--force")
    assert down.returncode == 0, down.stderr
    assert "rm -f -v rehearsal-cloud" in demo.asked()


def test_without_engine_and_demo_one_line_says_that_there_is_nothing(demo: Machine) -> None:
    down = demo.run("demo_down.sh")
    assert (down.returncode, len(down.stderr.splitlines())) == (0, 1)
    assert "nothing is left here" in down.stderr


def test_an_engine_elsewhere_is_not_taken_for_ours(demo: Machine) -> None:
    demo.run("engine.sh", "start")
    demo.run("engine.sh", "stop")
    down = demo.run("demo_down.sh", DOCKER_HOST="tcp://127.0.0.1:9")
    assert down.returncode == 0
    assert "nothing is left here" in down.stderr
    assert not (demo.folder / "up").exists()


def test_an_engine_without_any_rehearsal_is_asked_for_no_image(demo: Machine) -> None:
    (demo.folder / "up").touch()
    down = demo.run("demo_down.sh")
    assert down.returncode == 0
    assert "build" not in demo.asked()
    assert "run " not in demo.asked()


def test_relative_paths_are_those_of_the_callers_folder(demo: Machine) -> None:
    played_demo = demo.run("demo.sh", REHEARSE="plan", DEMO_ENV_FILE="my/env.list", DEMO_FOLDER="kept")
    assert played_demo.returncode == 0, played_demo.stderr
    assert f"{demo.folder}/my/env.list" in played(demo)
    assert f"REHEARSE_DIR={demo.folder}/kept" in played(demo)


def test_machines_that_outlived_their_cluster_are_removed_with_it(demo: Machine) -> None:
    (demo.folder / "up").touch()
    (demo.folder / "containers").write_text("rehearsal-node1\n")
    (demo.folder / "images").write_text("\n".join(REGISTRY) + "\n")
    noted(demo, f"yes {demo.folder}/existing.list")
    (demo.folder / "existing.list").write_text("CLOUD=existing\n")
    demo.run("demo_down.sh")
    assert f"\n{engine_names.REMOVE_MACHINES.removeprefix('docker ')}\n" in demo.asked()


def test_each_demo_is_destroyed_with_its_own_env_file(demo: Machine) -> None:
    for name in ("gcp.list", "azure.list", "gcp.list"):
        demo.run("demo.sh", REHEARSE="plan", DEMO_ENV_FILE=name)
    (demo.folder / "python").unlink()
    (demo.project / ".cache/demo").mkdir(parents=True)
    assert demo.run("demo_down.sh").returncode == 0
    assert [line.split()[2] for line in played(demo).splitlines()] == [
        f"{demo.folder}/gcp.list",
        f"{demo.folder}/azure.list",
    ]
    assert not (demo.project / ".cache/demos").exists()


def test_the_env_file_that_is_given_is_destroyed_alone(demo: Machine) -> None:
    noted(demo, f"plan {demo.folder}/gcp.list", f"plan {demo.folder}/azure.list")
    assert demo.run("demo_down.sh", DEMO_ENV_FILE="azure.list").returncode == 0
    assert "gcp.list" not in played(demo)
    assert (demo.project / ".cache/demos").read_text() == f"plan {demo.folder}/gcp.list\n"
    assert (demo.project / ".cache/demo").exists()


def test_a_demo_of_another_checkout_is_left_alone(demo: Machine) -> None:
    (demo.folder / "up").touch()
    (demo.folder / "containers").write_text("rehearsal-cloud\n")
    down = demo.run("demo_down.sh")
    assert down.returncode == 0, down.stderr
    assert "of other rehearsals on this engine there are:\nrehearsal-cloud" in down.stderr
    assert not any(line.split()[0] in ("rm", "run", "exec", "build") for line in demo.asked().splitlines())


def test_without_an_engine_none_is_looked_for(demo: Machine) -> None:
    (demo.folder / "up").touch()
    noted(demo, "plan /my.list")
    assert demo.run("demo_down.sh", REHEARSE="plan").returncode == 0
    assert "Destroy" in played(demo)
    assert not (demo.folder / "asked").exists()


def test_a_demo_on_azure_without_an_engine_gets_what_keeps_its_blobs(demo: Machine) -> None:
    (demo.folder / "azure.list").write_text("CLOUD=azure\n")
    azurite = demo.project / "scripts/azurite.sh"
    azurite.write_text(f"#!/bin/sh\ntouch {demo.folder}/azurite\n")
    azurite.chmod(0o755)
    demo.run("demo.sh", REHEARSE="plan", DEMO_ENV_FILE="azure.list")
    assert (demo.folder / "azurite").exists()
