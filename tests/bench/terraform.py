"""How much longer Create takes than the Terraform commands that it runs."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.rehearsal import rehearse
from cluster_provision.terraform.binary import find_terraform
from tests.bench.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAIRS = 5
SETTINGS = {"PROJECT_ID": "bench-project-1", "NAME_PREFIX": "bench", "ZONE": "us-central1-a", "INSTANCE_COUNT": "2"}


@dataclass(frozen=True)
class Measured:
    """Medians: `ratio` of pairs, seconds of both, and of Create's own steps in its last run."""

    ratio: float
    create: float
    bare: float
    steps: dict[str, float]


def figures(project: Path, folder: Path) -> Iterator[Figure]:
    """The ratio, and what it is made of."""
    measured = measure(project, folder)
    yield Figure("Create with REHEARSE=plan against bare init, plan, apply", measured.ratio, "x", 1.3)
    yield Figure("  Create", measured.create, "s")
    yield Figure("  init, plan, apply of the same module", measured.bare, "s")
    for name, seconds in measured.steps.items():
        yield Figure(f"    of Create: {name}", seconds, "s")


def measure(project: Path, folder: Path) -> Measured:
    """Create, then bare Terraform on what Create rendered, in turn; the embedded cloud runs all the time."""
    work, pairs, steps = folder / "work", [], {}
    environment = dict(os.environ)
    for name in ("TF_CLI_CONFIG_FILE", "TF_LOG"):
        environment.pop(name, None)
    with cloud(folder / "cloud", environment):
        for _ in range(PAIRS + 1):
            started = time.perf_counter()
            made = act(project, "Create", environment, folder / "cloud", work)
            create = time.perf_counter() - started
            steps = {s["name"]: s["seconds"] for s in json.loads(made)["steps"]}
            act(project, "Destroy", environment, folder / "cloud", work)
            pairs.append((create, bare(work, environment)))
    counted = pairs[1:]
    return Measured(
        ratio=statistics.median(create / bare for create, bare in counted),
        create=statistics.median(create for create, _ in counted),
        bare=statistics.median(bare for _, bare in counted),
        steps=steps,
    )


@contextlib.contextmanager
def cloud(folder: Path, environment: dict[str, str]) -> Iterator[None]:
    """An embedded cloud that outlives the runs within the block; `environment` leads to it."""
    with rehearse("plan", folder, environment, lambda _: None):
        yield


def act(project: Path, action: str, environment: dict[str, str], cloud_folder: Path, work: Path) -> str:
    """One run of the tool; its result as JSON text."""
    settings = {
        **SETTINGS,
        "REHEARSE": "plan",
        "REHEARSE_DIR": str(cloud_folder),
        "WORK_DIR": str(work),
        "OUTPUT": "json",
    }
    command = [sys.executable, str(project / "entrypoint.py"), action]
    ran = subprocess.run(command, env={**environment, **settings}, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{action} failed:\n{ran.stderr}")
    return ran.stdout


def bare(work: Path, environment: dict[str, str]) -> float:
    """Seconds of init, plan and apply as a person would run them; what they made is destroyed again."""
    root = work / "terraform" / "gcp" / "vms"
    own = {**environment, "TF_CLI_CONFIG_FILE": str(work / "terraform.rc"), "CHECKPOINT_DISABLE": "1"}
    bucket = f"aiinfra-terraform-{SETTINGS['PROJECT_ID']}"
    make_bucket(bucket, own)
    started = time.perf_counter()
    for command in ("init -input=false -reconfigure", "plan -input=false -out=bare.bin", "apply bare.bin"):
        terraform(command, root, own)
    took = time.perf_counter() - started
    terraform("destroy -auto-approve", root, own)
    empty_bucket(bucket, own)
    return took


def terraform(command: str, root: Path, environment: dict[str, str]) -> None:
    """One Terraform command, which has to succeed."""
    ran = subprocess.run(
        [find_terraform(), *command.split()],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"terraform {command} failed:\n{ran.stdout}{ran.stderr}")


BUCKET = """
import sys
from google.cloud.storage import Client
client = Client(project=sys.argv[3])
bucket = client.bucket(sys.argv[2])
if sys.argv[1] == "make":
    client.create_bucket(bucket)
else:
    bucket.delete(force=True)
"""


def make_bucket(name: str, environment: dict[str, str]) -> None:
    """The state's bucket, which Create would have made."""
    subprocess.run([sys.executable, "-c", BUCKET, "make", name, SETTINGS["PROJECT_ID"]], env=environment, check=True)


def empty_bucket(name: str, environment: dict[str, str]) -> None:
    """Delete it with what is in it."""
    subprocess.run([sys.executable, "-c", BUCKET, "delete", name, SETTINGS["PROJECT_ID"]], env=environment, check=True)
