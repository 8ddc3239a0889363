"""Nodes that are made and removed by name."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CapacityError, CommandFailed, NotReady, PriceError, ProvisionError
from cluster_provision.orchestrators.slurm.power import PROGRAM, resume, suspend
from tests.unit.orchestrators.slurm.controllers import Controller, result

NODES = tuple(f"demo-hpc-{number}" for number in range(1, 5))


@dataclass
class Powered(Controller):
    login_names: tuple[str, ...] = ("demo-login-1",)
    switched: list[tuple[str, ...]] = field(default_factory=list)

    def start(self, logins: list[str]) -> None:
        self.switched.append(("start", *logins))

    def stop(self, logins: list[str]) -> None:
        self.switched.append(("stop", *logins))


def powered(out: str = "", err: str = "", code: int = 0) -> Powered:
    return Powered({(PROGRAM,): [result(out, err, code)]}, NODES, "demo-controller")


def test_nodes_are_named_to_the_controller_in_one_word() -> None:
    controller = powered("demo-hpc-[1-3]: powering up")
    assert resume(controller, NODES[:3]) == "demo-hpc-[1-3]: powering up"
    assert controller.asked == [(PROGRAM, "resume", "demo-hpc-[1-3]")]


def test_login_nodes_are_started_and_stopped_beside_the_nodes() -> None:
    controller = powered()
    assert "demo-login-1 stops" in suspend(controller, ("demo-hpc-2", "demo-login-1"))
    assert controller.asked == [(PROGRAM, "suspend", "demo-hpc-2")]
    assert controller.switched == [("stop", "demo-login-1")]


def test_login_nodes_alone_ask_nothing_of_slurm() -> None:
    controller = powered()
    resume(controller, ("demo-login-1",))
    assert controller.asked == []
    assert controller.switched == [("start", "demo-login-1")]


@pytest.mark.parametrize(("code", "error"), [(18, PriceError), (13, CapacityError), (1, CommandFailed)])
def test_what_the_controller_refuses_has_its_own_class(code: int, error: type[ProvisionError]) -> None:
    with pytest.raises(error, match="too dear"):
        resume(powered(err="too dear", code=code), NODES)


def test_a_login_node_that_is_gone_is_told_and_what_makes_it() -> None:
    class Gone(Powered):
        def start(self, logins: list[str]) -> None:
            raise NotFound("starting demo-login-1: not found")

    with pytest.raises(NotReady, match="demo-login-1") as caught:
        resume(Gone({}, NODES, "demo-controller"), ("demo-login-1",))
    assert "Create" in caught.value.advice
