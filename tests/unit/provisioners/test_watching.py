"""Looking beside Terraform: what is found stops it, and what goes wrong in the looking does not."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import CapacityError, TerraformError
from cluster_provision.provisioners.terraform.watching import watched

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError


class Watch:
    """Its one look ends with `failure`."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.looked = threading.Event()

    def glance(self, elapsed: float) -> None:
        self.looked.set()
        raise self.failure

    def explain(self, failure: ProvisionError) -> ProvisionError:
        return failure


def run_of(watch: Watch) -> Any:
    said: list[str] = []
    stopped = threading.Event()
    return SimpleNamespace(
        target=SimpleNamespace(watch=lambda say: watch),
        console=SimpleNamespace(say=said.append),
        interruption=SimpleNamespace(stop=stopped.set),
        said=said,
        stopped=stopped,
    )


def test_what_keeps_machines_from_coming_stops_terraform_and_is_the_reason_given() -> None:
    run = run_of(Watch(CapacityError("no room")))
    with pytest.raises(CapacityError, match="no room"), watched(run, run):
        assert run.stopped.wait(10)
        raise TerraformError("terraform apply failed")


def test_a_defect_in_the_looking_stops_nothing_and_is_told_in_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    watch = Watch(KeyError("name"))
    run = run_of(watch)
    with watched(run, run):
        assert watch.looked.wait(10)
    assert not run.stopped.is_set()
    assert run.said == ["Warning: what Terraform waits for can't be looked at: KeyError: 'name'"]
    assert "Traceback" not in capfd.readouterr().err


def test_after_a_defect_in_the_looking_terraforms_own_failure_holds() -> None:
    watch = Watch(KeyError("name"))
    run = run_of(watch)
    with pytest.raises(TerraformError), watched(run, run):
        assert watch.looked.wait(10)
        raise TerraformError("terraform apply failed")
