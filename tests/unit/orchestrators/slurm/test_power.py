"""Nodes that are made and removed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CapacityError, CommandFailed, NotReady, PriceError, ProvisionError
from cluster_provision.orchestrators.slurm.power import PROGRAM, resume, suspend
from tests.unit.orchestrators.slurm.controllers import NODES, Powered, powered

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_nodes_are_named_to_the_controller_in_one_word() -> None:
    controller = powered("demo-hpc-[1-3]: powering up")
    assert resume(controller, NODES[:3]) == "demo-hpc-[1-3]: powering up"
    assert controller.asked == [(PROGRAM, "resume", "demo-hpc-[1-3]")]


def test_login_nodes_are_started_and_stopped_beside_the_nodes() -> None:
    controller = powered()
    assert "demo-login-1 stops; ssh from outside leads to demo-controller now" in suspend(
        controller, ("demo-hpc-2", "demo-login-1")
    )
    assert controller.asked == [(PROGRAM, "suspend", "demo-hpc-2")]
    assert controller.switched == [("stop", "demo-login-1")]


def test_nodes_that_go_at_once_are_named_so_to_the_controller() -> None:
    controller = powered("demo-hpc-1: goes now")
    suspend(controller, NODES[:1], force=True)
    assert controller.asked == [(PROGRAM, "suspend", "--force", "demo-hpc-1")]


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
        def start(self, logins: Sequence[str]) -> str:
            raise NotFound("starting demo-login-1: not found")

    with pytest.raises(NotReady, match="demo-login-1") as caught:
        resume(Gone({}, NODES, "demo-controller"), ("demo-login-1",))
    assert "Create" in caught.value.advice
