"""CONFIRM=yes: Create and Destroy show what they are about to do, with its price, and ask once."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.connection.plan_text import plan_text
from cluster_provision.errors import Interrupted, SettingsError
from cluster_provision.run import Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.run import Run

YES = ("y", "yes")


def require_somebody(run: Run) -> None:
    """Raises SettingsError where CONFIRM=yes asks and nobody is there to answer."""
    if run.settings.confirm and not run.console.interactive:
        raise SettingsError(
            ("CONFIRM=yes: nobody can answer, since input and messages are no terminal's",),
            "Run it at a terminal (docker run -it …), or leave CONFIRM out. Nothing was changed.",
        )


def confirmed(run: Run, foresee: Sequence[Step], ask: Step) -> tuple[Step, ...]:
    """The steps that show what is to come and ask; none without CONFIRM=yes."""
    return (*foresee, ask) if run.settings.confirm else ()


def ask(run: Run, question: str) -> None:
    """Show the plan and the price, and ask; raises Interrupted unless the answer is yes. No changes need no answer."""
    if not run.result.plan:
        return run.progress.conclude("nothing would change")
    run.console.clear()
    run.console.say(plan_text(run.result))
    answer = run.console.ask(f"{question.format(run.target.cluster.name)} [y/N] ")
    if answer.strip().casefold() not in YES:
        raise Interrupted("not confirmed: nothing was changed", signal.SIGINT, "Only `y` or `yes` is taken for a yes.")
    return run.progress.conclude("yes")


CONFIRM_CREATE = Step("confirm", partial(ask, question="Make this of {}?"))
CONFIRM_DESTROY = Step("confirm", partial(ask, question="Destroy this of {}?"))
