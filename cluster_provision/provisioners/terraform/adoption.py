"""Takes over what a killed run made and could not note in the state, where it is surely this cluster's."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cluster_provision.errors import AlreadyThere
from cluster_provision.provisioners.lock import refuse_locked
from cluster_provision.terraform.workspace import imports_written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.result import Changes
    from cluster_provision.run import Run
    from cluster_provision.terraform.runner import Planned


def apply_and_adopt(session: Session, run: Run) -> Changes:
    """Apply; import what turns out to exist already, and let Terraform go on from there.

    Terraform saves its state every 20 seconds while it works, so a run that is killed loses what it made last. Without
    a state to tell, only the clash of names does.
    """
    adopted: dict[str, str] = {}
    while True:
        try:
            with imports_written(session.workspace, adopted):
                return session.terraform.apply()
        except AlreadyThere as there:
            refuse_locked(run)  # what a run makes that is at work now is no killed run's
            since = run.store.claimed_at()
            planned = session.terraform.to_be_made() if since is not None else {}
            found = _ours(session, planned, since, there.addresses)
            if not found.keys() - adopted.keys():
                there.advice = _with_values(there, planned)
                raise
            for import_id in found.values():
                run.console.say(f"  {import_id} is there already, made by an earlier run of this cluster: taken over")
            adopted |= found


def _ours(
    session: Session, planned: Mapping[str, Planned], since: datetime | None, addresses: tuple[str, ...]
) -> dict[str, str]:
    """The import id of each, or nothing at all where one of them can't be told to be this cluster's."""
    if since is None:
        return {}
    found = {a: session.target.adoptable(planned[a].kind, planned[a].values, since) for a in addresses if a in planned}
    return found if len(found) == len(addresses) and all(found.values()) else {}


def _with_values(there: AlreadyThere, planned: Mapping[str, Planned]) -> str:
    """The advice, with what the first of the resources was to be made with in the place of `<scope>` and the like."""
    advice = there.advice
    values = planned[there.addresses[0]].values if there.addresses[:1] and there.addresses[0] in planned else {}
    for name, value in values.items():
        if isinstance(value, str):
            advice = advice.replace(f"<{name}>", shlex.quote(value))
    return advice
