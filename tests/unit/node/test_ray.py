"""Ray: the head, those that join it, and what the record says of either."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.node.conftest import SYSTEMCTL, cloud_up, machine_at
from tests.unit.node.own_python import packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.node.trial import FakeCloud, Machine

pytestmark = pytest.mark.slow

STEPS = Path(__file__).parents[3] / "node/steps"
HEAD_FILE = "d/abc-deployment/files/ray-head.json"
HEAD = {"schema": 1, "name": "abc-head-k2j3", "address": "abc-head-k2j3.z.c.p.internal"}
OURSELVES = {**HEAD, "name": "abc-vm-x1y2"}
ANSWER = {"head": "abc-head-k2j3", "address": "a:26379", "cluster": "c0ffee", "node": "beef", "gpus": 2}

# The user changes nothing here; a login of his finds the image's Python.
SETPRIV = """
while [[ $1 == --* ]]; do [[ $1 == --init-groups ]] || shift; shift; done
[[ $* != *"bash -lc"* ]] || { echo "$NODE_ROOT/image/python3"; exit; }
exec "$@"
"""

# The image's Python: it says whether it has a framework, and makes environments that hold the two commands below. What
# is put into it lands in the trial machine's own.
IMAGE_PYTHON = """#!/usr/bin/env bash
echo "python3 $*" >>"$CALLS"
case $* in
  *find_spec*) echo "${PYTHON_KIND-plain}" ;;
  *"import numpy"*) exit "${NUMPY:-1}" ;;
  "-m venv "*) mkdir -p "$3/lib/python3.11/site-packages" && cp -r "$NODE_ROOT/venv-bin" "$3/bin" ;;
  "- "*) exec python3 "$@" ;;
esac
"""

# Ray's own Python installs packages, and knows from Ray what the test has put there.
RAY_PYTHON = """#!/usr/bin/env bash
if [[ $1 == -m ]]; then echo "pip $*" >>"$CALLS"; else cat "$NODE_ROOT/answer" 2>/dev/null; fi
"""

# It runs until it is told to end.
RAY = """#!/usr/bin/env bash
echo "ray $*" >>"$CALLS"
echo "what ray says"
echo "Ray runtime started."
read -r -t 30 _ <>"$NODE_ROOT/ray-end"
exit 3
"""


@pytest.fixture
def ray(machine: Machine) -> Machine:
    return with_ray(machine)


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine that has joined, with a command that tells what it has seen. Nothing changes it any more."""
    with cloud_up() as cloud, machine_at(tmp_path_factory.mktemp("joined"), cloud) as machine:
        with_ray(machine)
        cloud.metadata["attributes/cluster-startup-command"] = 'echo "$RAY_ADDRESS" >"$NODE_ROOT/seen"'
        done = machine.start()
        assert done.returncode == 0, done.stderr
        cloud.record_when(lambda r: r["step"] == "done")
        yield machine


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with a notebook, on which the bootstrap has run twice. Nothing changes it any more."""
    with cloud_up() as cloud, machine_at(tmp_path_factory.mktemp("restarted"), cloud) as machine:
        with_ray(machine)
        machine.environment["JUPYTER_SERVICE"] = "0"
        (machine.root / "etc/environment").write_text("LANG=C\nRAY_ADDRESS=old:1\n")
        for _ in range(2):
            done = machine.start()
            assert done.returncode == 0, done.stderr
        yield machine


def with_ray(machine: Machine) -> Machine:
    """The machine is to be in a Ray cluster with a head that is known, and its Ray joins at once."""
    for path, text in (("image/python3", IMAGE_PYTHON), ("venv-bin/python3", RAY_PYTHON), ("venv-bin/ray", RAY)):
        (machine.root / path).parent.mkdir(exist_ok=True)
        (machine.root / path).write_text(text)
        (machine.root / path).chmod(0o755)
    os.mkfifo(machine.root / "ray-end")
    machine.command("setpriv", SETPRIV)
    machine.command("id", '[[ $1 == jupyter ]] && exit "${NO_NOTEBOOK_USER:-0}"; echo 1000')
    machine.command("getent", 'echo "$2:x:1000:1000::/home/$2:/bin/bash"')
    for name in ("useradd", "chown"):
        machine.command(name)
    machine.environment |= {"RAY_LIMIT": "20", "RAY_POLL_MS": "20"}
    machine.configure(ray={"port": 26379}, gpus=2)
    machine.only("ray")
    machine.cloud.objects[HEAD_FILE] = json.dumps(HEAD).encode()
    (machine.root / "answer").write_text(json.dumps(ANSWER))
    return machine


def start_of(machine: Machine) -> str:
    (call,) = machine.calls("ray")
    return call


def metadata(cloud: FakeCloud) -> list[dict[str, Any]]:
    return [upload["about"]["metadata"] for upload in cloud.uploads]


def test_a_node_joins_the_head_that_it_was_told(joined: Machine) -> None:
    assert start_of(joined).endswith("--address abc-head-k2j3.z.c.p.internal:26379")
    assert "--num-gpus 2" in start_of(joined)
    assert "--node-name abc-vm-x1y2" in start_of(joined)
    assert joined.step("ray")["status"] == "ok"


def test_the_node_that_is_named_is_the_head_and_its_dashboard_is_its_own(ray: Machine, cloud: FakeCloud) -> None:
    cloud.objects[HEAD_FILE] = json.dumps(OURSELVES).encode()

    ray.start()

    assert "--head --port 26379 --dashboard-host 127.0.0.1" in start_of(ray)
    assert "--address" not in start_of(ray)


def test_one_listing_tells_which_cluster_each_node_is_in(joined: Machine) -> None:
    assert joined.record()["ray"] == ANSWER
    ready = next(told for told in metadata(joined.cloud) if told["status"] == "ready")
    assert (ready["ray"], ready["ray_gpus"]) == ("c0ffee", "2")


def test_a_node_waits_for_as_long_as_no_head_is_known(ray: Machine, cloud: FakeCloud) -> None:
    told = cloud.objects.pop(HEAD_FILE)
    script = threading.Thread(target=ray.start)
    script.start()
    cloud.record_when(lambda r: r["step"] == "ray")
    assert ray.calls("ray") == []
    assert {told["ray"] for told in metadata(cloud)} == {""}

    cloud.objects[HEAD_FILE] = told

    cloud.record_when(lambda r: r["status"] == "ready")
    script.join()


def test_a_node_that_does_not_join_fails_with_rays_own_words(ray: Machine) -> None:
    ray.environment["RAY_LIMIT"] = "3"
    (ray.root / "answer").unlink()

    ray.start()

    assert ray.record()["status"] == "failed"
    assert "what ray says" in ray.step("ray")["tail"]


GCS = (
    "2026-11-30 10:01:02 WARNING node.py:1465 -- Unable to connect to GCS at 10.128.0.2:26379. Check that (1) Ray GCS "
    "with matching version started successfully at the specified address, and (2) there is no firewall in the way."
)
UNREACHABLE = f"INFO scripts.py:1124 -- Local node IP: 10.128.0.7\n{GCS}\nRay has ended with status 1\n"
FRAME = '  File "/opt/ray/lib/python3.12/site-packages/ray/scripts/scripts.py", line 1101, in start\n'
MISMATCH = (
    f"Traceback (most recent call last):\n{FRAME * 16}RuntimeError: Version mismatch: The cluster was started with:\n"
    "    Ray: 2.60.0\n    Python: 3.10.13\nThis process on node 10.128.0.7 was started with:\n    Ray: 2.60.0\n"
    "    Python: 3.12.5\nRay has ended with status 1\n"
)
EARLY = f"{GCS}\n" + "".join(f"a line behind it {i}\n" for i in range(40)) + "Ray has ended with status 1\n"
BEGUN = "INFO scripts.py:1124 -- Local node IP: 10.128.0.7\n"


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        ("", UNREACHABLE, ["Unable to connect to GCS", "(the last try that ended, "]),
        (BEGUN, UNREACHABLE, ["Unable to connect to GCS", "Local node IP"]),
        (UNREACHABLE, MISMATCH, ["Unable to connect to GCS"]),
        ("", MISMATCH, ["Version mismatch", "Python: 3.10.13", "Python: 3.12.5"]),
        (MISMATCH, None, ["Version mismatch", "Python: 3.10.13"]),
        (BEGUN, EARLY, ["Unable to connect to GCS", "a line behind it 39"]),
        (EARLY, None, ["Unable to connect to GCS", "a line behind it 39"]),
        (EARLY.replace("a line", "y" * 400), None, ["Unable to connect to GCS"]),
        ("", f"{'x' * 900}\n" * 30 + UNREACHABLE, ["Unable to connect to GCS"]),
        (BEGUN, None, ["Local node IP"]),
        (None, UNREACHABLE, ["Unable to connect to GCS"]),
    ],
)
def test_rays_reason_is_told_whatever_the_try_in_hand_has_come_to(
    tmp_path: Path, now: str | None, before: str | None, told: list[str]
) -> None:
    for name, text in (("ray.log", now), ("ray.log.previous", before)):
        if text is not None:
            (tmp_path / name).write_text(text)
    environment = {**os.environ, "NODE_ROOT": "", "LOG_FOLDER": str(tmp_path), "STATE_FOLDER": str(tmp_path)}
    script = f"set -euo pipefail; . {STEPS}/ray.sh; why_not_in_ray"
    said = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True).stdout

    recorded = "\n".join(said.splitlines()[-19:])[-3900:]
    assert [each for each in told if each not in recorded] == []


AGAIN = """
case $1 in
  cat) exit 1 ;;
  restart)
    [[ -e "$NODE_ROOT/run/systemd/system/$2" ]] || exit 0
    line=$(sed -n 's/^ExecStart=//p' "$NODE_ROOT/run/systemd/system/$2")
    setsid bash -c "for i in 1 2 3 4 5 6 7 8 9; do $line; sleep 0.2; done" </dev/null >>"$CALLS.unit" 2>&1 &
    echo $! >>"$CALLS.units"
    ;;
esac
"""
"""As systemd does, it starts Ray again."""


def test_a_node_that_does_not_join_fails_with_the_reason_of_a_try_that_ended(ray: Machine) -> None:
    ray.command("systemctl", AGAIN)
    (ray.root / "answer").unlink()
    (ray.root / "venv-bin/ray").write_text(f"#!/usr/bin/env bash\nsleep 0.5\necho '{GCS}'\nexit 1\n")
    ray.environment["RAY_LIMIT"] = "6"

    ray.start()

    assert ray.record()["status"] == "failed"
    assert "Unable to connect to GCS" in ray.step("ray")["tail"]
    assert "this node is not in the Ray cluster" in ray.step("ray")["tail"]


def test_a_head_that_is_no_name_is_never_run(ray: Machine, cloud: FakeCloud) -> None:
    ray.environment["RAY_LIMIT"] = "3"
    cloud.objects[HEAD_FILE] = json.dumps({**HEAD, "address": "$(touch /tmp/x)"}).encode()

    ray.start()

    assert ray.calls("ray") == []
    assert "names no machine" in ray.step("ray")["tail"]


def test_a_node_whose_ray_has_ended_says_that_it_is_in_no_cluster(ray: Machine, cloud: FakeCloud) -> None:
    ray.start()
    assert ray.record()["ray"] == ANSWER

    (ray.root / "ray-end").write_text("\n")

    assert cloud.record_when(lambda r: r["step"] == "done" and r["ray"] is None)["status"] == "ready"


def test_ray_is_restarted_without_a_limit(joined: Machine) -> None:
    unit = (joined.root / "run/systemd/system/cluster-ray.service").read_text().splitlines()
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(unit)


def test_the_command_finds_the_cluster(joined: Machine) -> None:
    assert (joined.root / "seen").read_text() == "abc-head-k2j3.z.c.p.internal:26379\n"


def test_logins_and_the_notebook_find_the_cluster_and_it_is_said_once(restarted: Machine) -> None:
    lines = (restarted.root / "etc/environment").read_text().splitlines()
    assert lines[0] == "LANG=C"
    assert [line for line in lines if "ADDRESS" in line] == ["RAY_ADDRESS=abc-head-k2j3.z.c.p.internal:26379"]
    assert (restarted.root / "etc/systemd/system/jupyter.service.d/cluster-ray.conf").exists()
    assert len(restarted.calls("systemctl try-restart")) == 1


def test_ray_is_installed_once_with_locked_hashes(restarted: Machine) -> None:
    (pip,) = restarted.calls("pip")
    assert "--require-hashes" in pip
    asked = (restarted.root / "var/lib/cluster/ray-packages.txt").read_text().splitlines()
    assert any(line.startswith("ray==") for line in asked)
    assert any(line.startswith("numpy==") for line in asked)
    assert all("--hash=sha256:" in line for line in asked)


def test_a_running_ray_is_left_alone_when_the_bootstrap_runs_again(restarted: Machine) -> None:
    assert len(restarted.calls("ray")) == 1
    assert restarted.step("ray")["status"] == "ok"


def test_rays_python_and_the_images_find_each_others_packages(joined: Machine) -> None:
    rays = joined.root / "opt/ray/lib/python3.11/site-packages"
    assert (rays / "image.pth").read_text() == f"{packages(joined.root)}\n"
    assert (packages(joined.root) / "cluster-ray.pth").read_text() == f"{rays}\n"


def test_an_images_own_numpy_is_not_replaced(ray: Machine) -> None:
    ray.environment["NUMPY"] = "0"

    ray.start()

    installed = (ray.root / "var/lib/cluster/ray-packages.txt").read_text()
    assert "ray==" in installed
    assert "numpy==" not in installed


def test_ray_runs_with_the_python_that_has_a_framework(ray: Machine) -> None:
    notebook = ray.root / "notebook/bin/python3"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(IMAGE_PYTHON.replace("-plain", "-framework"))
    notebook.chmod(0o755)
    unit = "ExecStart=/bin/bash --login -c '$NODE_ROOT/notebook/bin/jupyter lab'"
    ray.command("systemctl", SYSTEMCTL.replace("cat)", f'cat) echo "{unit}";'))
    ray.environment["JUPYTER_SERVICE"] = "0"

    ray.start()

    assert (ray.root / "opt/ray/.installed").read_text().startswith(f"{notebook} ")


def test_an_image_without_a_fitting_python_is_named(ray: Machine) -> None:
    ray.environment["PYTHON_KIND"] = ""
    ray.command("setpriv", SETPRIV.replace("exec", "[[ $* != */usr/bin/python3* ]] || exit 1; exec"))

    ray.start()

    assert "this image has none" in ray.step("ray")["tail"]


def test_ray_runs_as_the_notebooks_user_where_there_is_one(joined: Machine) -> None:
    assert runs_as(joined, "jupyter")


def test_ray_has_a_user_of_its_own_where_there_is_no_notebooks(ray: Machine) -> None:
    ray.environment["NO_NOTEBOOK_USER"] = "1"

    ray.start()

    assert runs_as(ray, "ray")


def runs_as(machine: Machine, user: str) -> bool:
    assert f"--temp-dir {machine.root}/var/lib/ray/{user}/tmp" in start_of(machine)
    assert (machine.root / "var/lib/ray" / user).stat().st_mode & 0o777 == 0o700
    return any(call.startswith(f"setpriv --reuid {user} ") for call in machine.calls("setpriv"))
