"""The steps that several actions share, each a function of the run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.check_table import check_counts, check_lines
from cluster_provision.actions.login import wait_for_login
from cluster_provision.errors import NoCredentials, StateStoreError, one_of_all
from cluster_provision.provisioners.lock import pass_the_lock
from cluster_provision.result import Check
from cluster_provision.run import Step
from cluster_provision.state.base import StateFacts

if TYPE_CHECKING:
    from cluster_provision.run import Run


def sign_in(run: Run) -> None:
    """Find credentials and account. On a terminal without credentials, wait for a login."""
    while True:
        try:
            identity, account = run.target.sign_in(run.console.say if run.console.interactive else None)
            break
        except NoCredentials as missing:
            if not run.console.interactive:
                raise
            wait_for_login(run, missing)
    run.result.cluster = run.target.cluster  # the subscription, which is looked up only now, is in its label
    run.environ.update(identity.environment)
    if identity.warning:
        run.console.say(f"Warning: {identity.warning}")
    run.result.checks.append(Check("credentials", "ok", identity.name))
    run.progress.conclude(f"{identity.name} ({identity.source}), {account}")


def open_state(run: Run) -> None:
    """The same as `find_state`, once the state's place is whole: the run that made it may have been cut off."""
    run.target.store().take_up()
    find_state(run)


def find_state(run: Run) -> None:
    """See what lies under this cluster's name, without changing anything."""
    run.store = run.target.store()
    run.result.state_uri = run.store.uri
    if not run.store.exists():
        run.facts = StateFacts()
        run.progress.conclude(f"{run.store.noun} {run.store.container} does not exist yet")
        return
    run.facts = run.store.facts()
    _refuse_foreign(run)
    run.progress.conclude(run.store.uri if run.facts.exists else f"{run.store.uri}, empty")


def _refuse_foreign(run: Run) -> None:
    if run.facts.resources and not run.facts.ours:
        raise StateStoreError(
            f"the state at {run.store.uri} was written by another tool ({run.facts.writer}); it is left alone",
            "Either destroy that cluster with the tool that made it, or give this one another place: "
            f"change NAME_PREFIX, or the folder in {run.store.setting}.",
        )


def look_at_lock(run: Run) -> None:
    """Refuse to start while another run holds the state's lock; with UNLOCK_DEAD=yes, clear that of a dead one."""
    run.progress.conclude(pass_the_lock(run))


def preflight(run: Run, *, making: bool = False) -> None:
    """Look at what must be so before anything is made, and keep what the target decides by that."""
    found, run.decided = run.target.preflight(run.store, run.provisioner.facts_before_making(run))
    again = {c.name for c in found.checks}
    run.result.price = found.price
    run.result.checks = [*(c for c in run.result.checks if c.name not in again), *found.checks]
    shown = [each for each in found.checks if run.console.verbose or each.status != "ok"]
    for line in check_lines(shown):
        run.console.say(line)
    for note in found.notes:
        run.console.say(f"Note: {note}")
    if found.failures:
        raise one_of_all(found.failures)
    if run.decided is not None and run.decided.unseen is not None and not _seen_by_a_person(run):
        if making:
            raise run.decided.unseen
        run.console.say("Note: Create would stop here: " + run.decided.unseen.problems[0])
    price = f"; {found.price.text()}" if found.price else ""
    run.progress.conclude(check_counts(found.checks) + price)


def _seen_by_a_person(run: Run) -> bool:
    """Whether what is shown goes to a terminal where somebody sits, and to no log: some CI systems make terminals."""
    return run.console.attended and run.environ.get("CI", "").strip().casefold() in ("", "false", "0")


SIGN_IN = Step("credentials", sign_in)
FIND_STATE = Step("state", find_state)
OPEN_STATE = Step("state", open_state)
LOCK = Step("state lock", look_at_lock, folded=True)
PREFLIGHT = Step("preflight", preflight, each_place=True)
PREFLIGHT_TO_MAKE = Step("preflight", partial(preflight, making=True), each_place=True)
