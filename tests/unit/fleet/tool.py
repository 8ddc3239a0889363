"""The command line, with a target whose machines are a farm's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision import provisioners, targets
from cluster_provision.cli import run_action
from cluster_provision.clouds.base import Identity
from cluster_provision.health.mending import Mending
from cluster_provision.result import Cluster
from cluster_provision.targets.azure.nccl import nccl_machine

if TYPE_CHECKING:
    import pytest

    from cluster_provision.fleet.model import Fleet
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.settings import AzureSettings

SETTINGS = {"CLOUD": "azure", "SUBSCRIPTION_ID": "11111111-2222-3333-4444-555555555555", "LOCATION": "eastus"}


class NoState:
    """A place where nothing lies."""

    uri = container = "nowhere"
    noun = "place"

    def exists(self) -> bool:
        return False


class OnlyFleet:
    """As much of a target as these actions need."""

    cluster = Cluster("trial", "abc123", "azure", "none")
    place = "eastus"

    def __init__(self, fleet: Fleet, settings: AzureSettings) -> None:
        self._fleet = fleet
        self.settings = settings
        self.strict_health = settings.health_gate == "strict"

    def sign_in(self, prompt: object) -> tuple[Identity, str]:
        return Identity("somebody", "a test", {}), "an account"

    def store(self) -> NoState:
        return NoState()

    def fleet(self, site: object) -> Fleet:
        return self._fleet

    def checked_nodes(self, site: object) -> list[Any]:
        return []

    def mending(self, site: object) -> Mending:
        return Mending("Azure", (), "", lambda node: "")

    def nccl_machine(self) -> MachineClass:
        return nccl_machine(self._fleet.size)

    def close(self) -> None:
        pass


class NoProvisioner:
    """Nothing is made, and the cluster is where it is."""

    find = ()

    def close(self, run: object, *, keep_folder: bool) -> None:
        pass


@dataclass
class Tool:
    """Runs actions on `fleet`."""

    monkeypatch: pytest.MonkeyPatch
    capfdbinary: pytest.CaptureFixture[bytes]
    fleet: Fleet

    def __call__(self, action: str, argument: str | None = None, **settings: str) -> tuple[int, bytes, str]:
        """The exit code, stdout, and stderr as text."""
        for name, value in {**SETTINGS, "NAME_PREFIX": "trial", **settings}.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.setattr(targets, "target_of", lambda settings: OnlyFleet(self.fleet, settings))
        self.monkeypatch.setattr(provisioners, "provisioner_of", lambda target: NoProvisioner())
        self.capfdbinary.readouterr()
        code = run_action(action, argument)
        out, err = self.capfdbinary.readouterr()
        return code, out, err.decode(errors="replace")

    def json(self, action: str, argument: str | None = None, **settings: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the result."""
        code, out, _ = self(action, argument, OUTPUT="json", **settings)
        return code, json.loads(out)
