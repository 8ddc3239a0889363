"""The step that makes a machine part of a Slurm cluster, by a program that comes from the state store."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess

    from tests.unit.node.trial import FakeCloud, Machine

# In place of the real program: it keeps what it was told of the machine, and says what the real one does.
JOINS = """
import json, os, sys
state = os.environ["NODE_ROOT"] + "/var/lib/cluster/"
open(state + "called", "a").write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "join":
    open(state + "slurm.json", "w").write(json.dumps({"applied": "0123456789abcdef", "part": "node"}))
"""
FAILS = "import sys; print('vega-hpc-1 has 7 of the 8 GPUs'); sys.exit(1)"
CLUSTER = "d/abc-deployment/files/slurm/cluster.json"


@pytest.fixture(autouse=True)
def _alone(machine: Machine) -> None:
    machine.only("slurm")
    machine.environment["SLURM_LIMIT"] = "1"
    machine.configure(slurm={"part": "node", "controller": "vega-ctl"})


def offer(cloud: FakeCloud, text: str, version: str = "1") -> None:
    """Put a program into the bucket, and the description that names it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("node/slurm_cloud/__main__.py")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    name = f"files/slurm/{version}.tar.gz"
    cloud.objects[f"d/abc-deployment/{name}"] = packed.getvalue()
    cloud.objects[CLUSTER] = json.dumps({"schema": 1, "program": name}).encode()


def test_a_machine_of_no_slurm_cluster_has_nothing_to_do(machine: Machine) -> None:
    machine.configure(slurm=None)
    machine.start()
    assert machine.step("slurm")["status"] == "skipped"
    assert "slurm" not in machine.record()


def test_a_configuration_of_an_older_tool_has_no_slurm(machine: Machine) -> None:
    machine.configure()
    machine.start()
    assert machine.step("slurm")["status"] == "skipped"


def test_the_program_learns_which_machine_this_is(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, JOINS)
    machine.start()
    told = json.loads((machine.root / "var/lib/cluster/slurm-machine.json").read_text())
    assert (told["cloud"], told["part"], told["controller"]) == ("gcp", "node", "vega-ctl")
    assert (told["name"], told["bucket"], told["deployment"]) == ("abc-vm-x1y2", "b", "d/abc-deployment")


def test_the_machine_joins_and_a_unit_keeps_watch(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, JOINS)
    machine.start()
    assert machine.step("slurm")["status"] == "ok"
    assert (machine.root / "var/lib/cluster/called").read_text().splitlines()[0] == "join"
    assert "systemctl restart cluster-slurm.service" in machine.calls("systemctl")
    unit = (machine.root / "run/systemd/system/cluster-slurm.service").read_text()
    assert "/var/lib/cluster/bootstrap.sh slurm\nRestart=always\n" in unit
    machine.run(str(machine.root / "var/lib/cluster/bootstrap.sh"), "slurm")
    assert "watch" in (machine.root / "var/lib/cluster/called").read_text().splitlines()


def test_root_alone_reads_the_description(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, JOINS)
    old = machine.root / "var/lib/cluster/slurm-described.json"
    old.parent.mkdir(parents=True, exist_ok=True)
    old.write_text("{}")
    machine.start()
    assert old.stat().st_mode & 0o777 == 0o600


def test_the_last_description_stays_until_the_next_is_here(machine: Machine) -> None:
    last = machine.root / "var/lib/cluster/slurm-described.json"
    last.parent.mkdir(parents=True, exist_ok=True)
    last.write_text("{}")
    machine.start()
    assert machine.step("slurm")["status"] == "failed"
    assert last.read_text() == "{}"


def test_the_record_has_what_the_program_said_and_its_metadata_what_was_applied(
    machine: Machine, cloud: FakeCloud
) -> None:
    offer(cloud, JOINS)
    machine.start()
    assert machine.record()["slurm"] == {"applied": "0123456789abcdef", "part": "node"}
    assert cloud.uploads[-1]["about"]["metadata"]["slurm"] == "0123456789abcdef"


def test_a_machine_that_can_not_join_says_why(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, FAILS)
    machine.start()
    assert machine.record()["status"] == "failed"
    assert "vega-hpc-1 has 7 of the 8 GPUs" in machine.step("slurm")["tail"]
    assert cloud.uploads[-1]["about"]["metadata"]["slurm"] == ""


def test_a_machine_that_is_up_before_its_description_waits_for_it(machine: Machine) -> None:
    machine.start()
    assert machine.step("slurm")["status"] == "failed"
    assert f"reading gs://b/{CLUSTER}" in machine.step("slurm")["tail"]


def test_the_newest_program_is_the_one_that_runs(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, FAILS, "1")
    machine.start()
    offer(cloud, JOINS, "2")
    machine.start()
    assert machine.step("slurm")["status"] == "ok"
    assert (machine.root / "usr/local/lib/cluster-provision/program/current").resolve().name == "2"


def test_what_can_not_be_helped_is_not_tried_again(machine: Machine, cloud: FakeCloud) -> None:
    machine.environment["SLURM_LIMIT"] = "600"
    offer(cloud, FAILS.replace("exit(1)", "exit(3)"))
    machine.start()
    assert machine.step("slurm")["status"] == "failed"
    assert machine.step("slurm")["tail"].count("vega-hpc-1 has 7 of the 8 GPUs") == 1


def test_the_unit_also_runs_where_the_machine_could_not_join(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, FAILS)
    machine.start()
    assert machine.step("slurm")["status"] == "failed"
    assert "systemctl restart cluster-slurm.service" in machine.calls("systemctl")


def test_a_machine_that_got_no_description_says_that_it_has_tried_none(machine: Machine) -> None:
    machine.start()
    assert machine.record()["slurm"] == {"tried": ""}


def test_one_more_try_that_goes_well_makes_the_machine_ready(machine: Machine, cloud: FakeCloud) -> None:
    offer(cloud, FAILS, "1")
    machine.start()
    offer(cloud, JOINS, "2")
    ended = again(machine)
    assert ended.returncode == 0, ended.stderr
    assert (machine.record()["status"], machine.step("slurm")["status"]) == ("ready", "ok")


@pytest.mark.parametrize("status", [1, 3])
def test_one_more_try_that_fails_is_told_with_its_own_words(machine: Machine, cloud: FakeCloud, status: int) -> None:
    offer(cloud, FAILS, "1")
    machine.start()
    offer(cloud, f"import sys; print('no room for slurmd'); sys.exit({status})", "2")
    assert again(machine).returncode == status
    assert cloud.uploads[-1]["record"]["status"] == "failed"
    assert machine.step("slurm")["tail"] == "no room for slurmd"


def again(machine: Machine) -> subprocess.CompletedProcess[str]:
    """What the unit of a machine that has not joined does where the description has changed."""
    return machine.run(str(machine.root / "var/lib/cluster/bootstrap.sh"), "slurm-again")


@pytest.mark.parametrize("name", ["files/slurm/../../x.tar.gz", "/etc/passwd", "files/slurm/$(id).tar.gz"])
def test_a_description_that_names_no_program_is_refused(machine: Machine, cloud: FakeCloud, name: str) -> None:
    cloud.objects[CLUSTER] = json.dumps({"schema": 1, "program": name}).encode()
    machine.start()
    assert "cluster.json names no program" in machine.step("slurm")["tail"]
