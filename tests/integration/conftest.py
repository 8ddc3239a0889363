"""A cloud of each test's own, and the tool run against it as a user runs it."""

from __future__ import annotations

import atexit
import functools
import inspect
import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.rehearsal import process, rehearse
from tests.documented import undocumented
from tests.stem import GARBAGE
from tests.warm import Stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.integration.azure.tool import AzureTool
    from tests.integration.existing.tool import ExistingTool

# What needs the real provider has its like for the stand-in elsewhere, and is not collected where there is none.
GOOGLE = Path(os.environ.get("PROVIDER_MIRROR", "/nowhere")) / "registry.terraform.io" / "hashicorp" / "google"
collect_ignore = [] if GOOGLE.is_dir() else ["test_cloud_provider.py"]

PROJECT = Path(__file__).resolve().parents[2]
ENTRYPOINT = PROJECT / "entrypoint.py"
MANDATORY = {"PROJECT_ID": "my-project-1", "NAME_PREFIX": "demo", "ZONE": "us-central1-a"}


# What takes long in a test: a run of the tool or of Terraform, and about four times that where one is killed midway.
RUNS = re.compile(r"\b(?:result|run|apply|applies|destroy|planned|nothing_is_left_after_destroy)\(")
KILLS = re.compile(r"killed|Popen|\bstarted\(")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several processes the longest tests come first, by how often each runs something, so that none is left
    with one of them at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=_weight)


def _weight(item: pytest.Item) -> int:
    source = inspect.getsource(item.function) if isinstance(item, pytest.Function) else ""
    return -len(RUNS.findall(source)) - 4 * len(KILLS.findall(source))


@dataclass
class Tool:
    """Runs entrypoint.py with REHEARSE=plan on the test's cloud; `environment` leads there directly, too.

    `mirror` holds the providers that a rehearsal would take.
    """

    folder: Path
    environment: dict[str, str]
    mirror: str = ""
    settings: dict[str, str] = field(default_factory=lambda: dict(MANDATORY))

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ENTRYPOINT), *arguments]

    def variables(self, **settings: str) -> dict[str, str]:
        passed = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp")}
        if "PROVIDER_MIRROR" in os.environ:
            passed["PROVIDER_MIRROR"] = os.environ["PROVIDER_MIRROR"]
        rehearsal = {"REHEARSE": "plan", "REHEARSE_DIR": str(self.folder / "cloud")}
        return {**passed, **rehearsal, "VERBOSE": "yes", **self.settings, **settings}

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        environment = self.variables(**settings)
        return stem().run(self.command(*arguments), environment)

    def result(self, *arguments: str, expected: int = 0, **settings: str) -> dict[str, Any]:
        """The JSON result of a run that has to end with exit code `expected`."""
        ran = self.run(*arguments, OUTPUT="json", **settings)
        assert ran.returncode == expected, ran.stderr
        result: dict[str, Any] = json.loads(ran.stdout)
        assert undocumented(result) == []
        return result

    def nothing_is_left_after_destroy(self, **settings: str) -> None:
        """Destroy ends well, and the whole cloud is as it was before the first Create."""
        assert self.result("Destroy", **settings)["leftovers"] == []
        assert self.left() == []

    def left(self) -> list[str]:
        """The full names of all that the cloud has and had not before."""
        import requests

        asked = requests.get("https://rehearsal.internal/leftovers", timeout=10)
        found: list[str] = asked.json()["leftovers"]
        return found

    def goes_wrong(self, *rules: dict[str, Any]) -> None:
        """From now on, the cloud answers by these rules first."""
        (self.folder / "cloud" / "scenario.json").write_text(json.dumps({"rules": rules}))

    def answered(self, status: int) -> list[str]:
        """What the cloud has been asked so far and has answered with this status: a line of its log each."""
        lines = (self.folder / "cloud" / "cloud.log").read_text().splitlines()
        return [line for line in lines if line.startswith(f"{status} ")]

    def has(self, **conditions: Any) -> None:
        """From now on, the cloud's projects have and may what these conditions say (rehearsal/conditions.py)."""
        (self.folder / "cloud" / "conditions.json").write_text(json.dumps(conditions))

    def compute(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Compute Engine's answer about a path of the project; with a body, what it answers to a POST of that."""
        import requests

        url = f"https://compute.googleapis.com/compute/v1/projects/{self.settings['PROJECT_ID']}/{path}"
        signed = {"Authorization": "Bearer made-up"}
        asked = requests.request("POST" if body else "GET", url, json=body, headers=signed, timeout=10)
        assert asked.ok, asked.text
        found: dict[str, Any] = asked.json()
        return found

    def listed(self, path: str) -> dict[str, dict[str, Any]]:
        """What Compute Engine lists at a path of the project, by name."""
        return {each["name"]: each for each in self.compute(path).get("items", ())}

    def reserves(self, name: str, count: int, machine_type: str = "a2-highgpu-2g", **more: Any) -> None:
        """The project has a reservation of so many machines from now on."""
        properties = {"machineType": machine_type}
        reserved = {"count": str(count), "instanceProperties": properties}
        body = {"name": name, "specificReservation": reserved, "specificReservationRequired": True, **more}
        self.compute(f"zones/{self.settings['ZONE']}/reservations", body)

    def bucket(self, name: str = "aiinfra-terraform-my-project-1") -> Any:
        """The bucket as google-cloud-storage sees it."""
        return self.client().bucket(name)

    def client(self) -> Any:
        from google.cloud.storage import Client

        return Client(project=self.settings["PROJECT_ID"])


def killed_outright(process: subprocess.Popen[str]) -> None:
    """End the tool and the Terraform that it runs, without a chance to put anything in order."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False)
    process.send_signal(signal.SIGKILL)
    for child in children.stdout.split():
        subprocess.run(["pkill", "-KILL", "-P", child], check=False)
        subprocess.run(["kill", "-KILL", child], check=False)
    process.wait()


@functools.cache
def stem() -> Stem:
    """What forks the tool, the embedded clouds and the stand-in providers of this process's tests."""
    started = Stem()
    atexit.register(started.close)
    return started


@pytest.fixture(scope="session", autouse=True)
def _starts_are_quick() -> Iterator[None]:
    """The embedded clouds that this process starts are forks; those that a run of the tool starts aren't. A Terraform
    that it starts collects garbage less often, as in the stem."""
    forking = SimpleNamespace(Popen=stem().start, DEVNULL=subprocess.DEVNULL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "subprocess", forking)
        for name, value in GARBAGE.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def tool(tmp_path: Path) -> Iterator[Tool]:
    with _led(tmp_path) as one:
        yield one


@pytest.fixture
def azure(tool: Tool) -> AzureTool:
    """The same, asked for clusters on Azure."""
    from tests.integration.azure.tool import AzureTool

    return AzureTool.of(tool)


@pytest.fixture
def existing(tool: Tool) -> ExistingTool:
    """The same, asked for clusters of machines that exist already."""
    from tests.integration.existing.tool import ExistingTool

    return ExistingTool.of(tool)


@pytest.fixture
def azure_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, azurite: None) -> Iterator[Path]:
    """The folder of a cloud to which this process's environment leads, on Azure and without a provider."""
    from tests.integration.azure.tool import SUBSCRIPTION

    monkeypatch.setenv("CLOUD", "azure")
    monkeypatch.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("TERRAFORM_BLOB_PATH", "https://theirs.blob.core.windows.net/box/dir")
    monkeypatch.setenv("PROVIDER_MIRROR", str(tmp_path / "none"))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", "")
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        yield tmp_path / "cloud"


@pytest.fixture(scope="module")
def _standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tool]:
    with _led(tmp_path_factory.mktemp("standing")) as one:
        yield one


@pytest.fixture
def standing(_standing: Tool) -> Iterator[Tool]:
    """The same for tests that make nothing in their cloud: a module's tests share one."""
    yield _standing
    for name in ("scenario.json", "conditions.json"):
        (_standing.folder / "cloud" / name).unlink(missing_ok=True)


@contextmanager
def _led(folder: Path) -> Iterator[Tool]:
    """A cloud in `folder`; for as long, this process's environment leads there."""
    (folder / "tmp").mkdir()
    stem().provide(folder / "cloud" / "providers")
    before = dict(os.environ)
    try:
        with rehearse("plan", folder / "cloud", os.environ, lambda _: None):
            mirror = os.environ.pop("PROVIDER_MIRROR", "")
            if "PROVIDER_MIRROR" in before:
                os.environ["PROVIDER_MIRROR"] = before["PROVIDER_MIRROR"]
            yield Tool(folder, dict(os.environ), mirror)
    finally:
        os.environ.clear()
        os.environ.update(before)
