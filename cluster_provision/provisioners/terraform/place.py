"""The zone that a cluster is in or is to be made in, and the next one of ZONE where there is no room."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.errors import CapacityError, PlaceClosed, ProvisionError, QuotaError
from cluster_provision.provisioners.terraform.removal import remove_everything, remove_from_place
from cluster_provision.run import Step, pending, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.run import Run
    from cluster_provision.state.base import StateFacts

NoRoom = CapacityError | QuotaError | PlaceClosed
NO_ROOM: tuple[type[NoRoom], ...] = (CapacityError, QuotaError, PlaceClosed)
"""Of several zones' reasons, the first of these is the run's."""


def same_zone(session: Session, run: Run) -> None:
    """Go by the zone where the cluster is, whatever ZONE says by now."""
    if run.facts.zone:
        session.target.move_to(run.facts.zone)
    run.progress.conclude(session.target.zone)


def choose_zone(session: Session, run: Run) -> None:
    """Stay where the cluster is, if ZONE still names it; else begin with the first."""
    target, before = session.target, run.facts.zone
    if before in target.zones:
        target.move_to(before)
    elif run.facts.resources and before:
        session.former_zone = before
        run.console.say(
            f"Note: the cluster is in {before}, which the settings don't name any more: it moves to {target.zone}. "
            "Its machines, disks and file shares are made anew there, empty"
        )
    more = [zone for zone in target.zones if zone != target.zone]
    run.progress.conclude(target.zone + (f" (or else {', '.join(more)})" if more and not run.facts.settled else ""))


def note_zone(session: Session, run: Run) -> None:
    """Have the state remember the zone before anything is made there."""
    zone = session.target.zone
    _note(run, replace(run.facts, ours=True, zone=zone, settled=run.facts.settled and run.facts.zone == zone))


def _note(run: Run, facts: StateFacts) -> None:
    if facts != run.facts:
        run.store.claim(run.target.cluster.label, facts.zone, settled=facts.settled)
        run.facts = facts


def in_a_zone_with_room(
    session: Session, run: Run, steps: Callable[[], Iterable[Step]], reopen: Sequence[Step]
) -> None:
    """Carry the steps out; where a zone has no room, clean up and try the next one.

    A cluster that has worked in its zone stays there: its machines are not given up for more of them. `reopen` are the
    steps that Terraform needs before it can clean up.
    """
    target = session.target
    refused: dict[str, NoRoom] = {}
    while True:
        try:
            for step in steps():
                if step.each_place or step not in run.done:
                    perform(run, (step,))
        except NO_ROOM as refusal:
            if run.facts.settled or len(target.zones) == 1:
                raise
            refused[target.zone] = refusal
            following = _next_zone(target.zones, target.region_of, refused)
            if following is None and isinstance(refusal, QuotaError) and len(refused) == 1:
                raise
            _say_where_next(session, run, refusal, following)
            _leave_zone(session, run, reopen)
            if following is None:
                raise _none_left(refused) from refusal
            target.move_to(following)
        else:
            # The cluster has worked in its zone, so it is at home there.
            _note(run, replace(run.facts, ours=True, zone=target.zone, settled=True))
            return


def _leave_zone(session: Session, run: Run, reopen: Sequence[Step]) -> None:
    """Remove what was made in the zone: a group that stays goes on asking for machines, and would cost money later."""
    if not (run.store.exists() and run.store.facts().resources):
        return
    session.require_own(run)
    perform(run, pending(run, reopen))
    perform(run, (Step("leaving the zone", partial(_destroy, session)),))
    run.result.nodes = []
    run.facts = run.store.facts()
    _note(run, replace(run.facts, zone="", settled=False))


def _destroy(session: Session, run: Run) -> None:
    session.keep(run)
    try:
        done = remove_from_place(session, run)
    finally:
        session.note_made(run)
    run.store.forget_nodes(set())
    run.progress.conclude(f"{session.target.zone}, {done.destroy} destroyed")


def leave_former_region(session: Session, run: Run) -> None:
    """Remove what is in another region, which Terraform can't replace piece by piece: a subnetwork that is to be made
    before its former one goes has the same addresses. Within a region, Terraform moves the cluster by itself."""
    if session.leaves_region:
        remove_everything(session, run)
        run.store.forget_nodes(set())
    session.former_zone = ""


def _next_zone(zones: Sequence[str], region_of: Callable[[str], str], refused: dict[str, NoRoom]) -> str | None:
    """The first zone that has not refused, and whose region has quota: quota is a region's, so its zones share it."""
    short = {region_of(zone) for zone, refusal in refused.items() if isinstance(refusal, QuotaError)}
    if any(isinstance(refusal, QuotaError) and _everywhere(refusal) for refusal in refused.values()):
        return None
    return next((z for z in zones if z not in refused and region_of(z) not in short), None)


def _everywhere(refusal: QuotaError) -> bool:
    """Whether it is a quota of the whole project: GPUS_ALL_REGIONS, CPUS_ALL_REGIONS, or one "globally"."""
    return "ALL_REGIONS" in refusal.message or "globally" in refusal.message


def _say_where_next(session: Session, run: Run, refusal: NoRoom, following: str | None) -> None:
    why = "has no quota for this cluster" if isinstance(refusal, QuotaError) else "has no room for this cluster"
    if isinstance(refusal, PlaceClosed):
        why = "isn't open to this project"
    then = f"trying {following} next" if following else "no other zone is left"
    run.console.say(f"{session.target.zone} {why}: {_cause(refusal)}\n{then}, once it is cleaned up")


def _none_left(refused: dict[str, NoRoom]) -> ProvisionError:
    reasons = "\n".join(f"  {zone}: {_cause(refusal)}" for zone, refusal in refused.items())
    told = next(kind for kind in NO_ROOM if any(isinstance(refusal, kind) for refusal in refused.values()))
    return told(
        f"no zone of ZONE has room for this cluster:\n{reasons}",
        "What was made there is removed again. Try again later, name more zones in ZONE, or change VM_TYPE or "
        "PROVISIONING_MODEL.",
    )


def _cause(refusal: NoRoom) -> str:
    """The reason in one line."""
    return " ".join(refusal.message.split())
