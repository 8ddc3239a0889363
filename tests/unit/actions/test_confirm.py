"""What CONFIRM=yes asks, and of whom."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.actions.terminal.confirm import CONFIRM_CREATE, CONFIRM_DESTROY, confirmed, require_somebody
from cluster_provision.errors import Interrupted, SettingsError
from cluster_provision.provisioners.ssh.provisioner import SshProvisioner
from cluster_provision.result import Changes, PlannedChange, Result
from cluster_provision.run import Step

CHANGE = PlannedChange("create", "machine", "dgx01")


def a_run(answer: str = "", *, plan: tuple[PlannedChange, ...] = (CHANGE,), confirm: bool = True) -> Any:
    said: list[str] = []
    return SimpleNamespace(
        settings=SimpleNamespace(confirm=confirm),
        console=SimpleNamespace(
            interactive=True, clear=lambda: None, say=said.append, ask=lambda text: said.append(text) or answer
        ),
        target=SimpleNamespace(cluster=SimpleNamespace(name="demo")),
        progress=SimpleNamespace(conclude=lambda _: None),
        result=Result("create", plan=plan, changes=Changes(add=len(plan))),
        facts=SimpleNamespace(instances=(SimpleNamespace(key="dgx01"), SimpleNamespace(key="dgx02"))),
        said=said,
    )


def test_the_plan_is_shown_above_the_question() -> None:
    run = a_run("Yes\n")
    CONFIRM_CREATE.do(run)
    plan, question = run.said
    assert "dgx01" in plan
    assert "demo" in question


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yess\n", "sure\n"])
def test_whatever_is_no_yes_ends_the_run(answer: str) -> None:
    with pytest.raises(Interrupted, match="nothing was changed"):
        CONFIRM_DESTROY.do(a_run(answer))


def test_where_nothing_would_change_nothing_is_asked() -> None:
    run = a_run(plan=())
    CONFIRM_CREATE.do(run)
    assert run.said == []


def test_without_confirm_no_step_is_taken_and_nobody_needed() -> None:
    run = a_run(confirm=False)
    run.console.interactive = False
    require_somebody(run)
    assert confirmed(run, (Step("plan", lambda _: None),), CONFIRM_CREATE) == ()


def test_confirm_needs_somebody() -> None:
    run = a_run()
    run.console.interactive = False
    with pytest.raises(SettingsError, match="CONFIRM=yes"):
        require_somebody(run)


def test_machines_that_would_be_given_back_are_listed() -> None:
    run = a_run()
    target: Any = SimpleNamespace()
    for step in SshProvisioner(target).foresee:
        step.do(run)
    assert [(each.action, each.name) for each in run.result.plan] == [("destroy", "dgx01"), ("destroy", "dgx02")]
