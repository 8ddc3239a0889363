"""The scheduling of a template: what the API adds, and which options exclude each other.

Rules: https://docs.cloud.google.com/compute/docs/instances/provisioning-models and the descriptions in the discovery
document (compute.v1, 2026-11-06). The words of the refusals are this emulator's, but for preemptible machines'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.failure import invalid

if TYPE_CHECKING:
    from embedded_cloud.store import Body

UNSET: tuple[object, ...] = ("", [], [None])
"""How the provider sends what is unset."""
SHORTEST, LONGEST = 600, 7 * 24 * 3600
"""Seconds that a flex-start machine may run."""


def scheduling(given: Body, affinity: Body) -> Body:
    """The scheduling of a template, completed; `affinity` is the template's for reservations. Raises ApiError."""
    given = {k: v for k, v in given.items() if v not in UNSET}
    filled = {
        "preemptible": given.get("provisioningModel") == "SPOT",
        "provisioningModel": "SPOT" if given.get("preemptible") else "STANDARD",
        **given,
    }
    filled.setdefault("automaticRestart", not filled["preemptible"])
    filled.setdefault("onHostMaintenance", "TERMINATE" if filled["preemptible"] else "MIGRATE")
    model = filled["provisioningModel"]
    if filled["preemptible"] or model == "SPOT":
        _demand(filled["automaticRestart"] is False, "Scheduling must have automaticRestart be false when preemptible.")
        _demand(
            filled["onHostMaintenance"] == "TERMINATE",
            "Scheduling must have preemptible be false when OnHostMaintenance isn't TERMINATE.",
        )
    if model == "FLEX_START":
        seconds = int((filled.get("maxRunDuration") or {}).get("seconds") or 0)
        _demand(SHORTEST <= seconds <= LONGEST, "FLEX_START needs a maxRunDuration of 10 minutes to 7 days.")
        _demand(filled["automaticRestart"] is False, "FLEX_START needs automaticRestart to be false.")
        _demand(filled.get("instanceTerminationAction") == "DELETE", "FLEX_START needs termination action DELETE.")
        _demand(affinity.get("consumeReservationType") == "NO_RESERVATION", "FLEX_START needs NO_RESERVATION.")
    if model == "RESERVATION_BOUND":
        specific = affinity.get("consumeReservationType") == "SPECIFIC_RESERVATION"
        _demand(specific, "RESERVATION_BOUND needs a SPECIFIC_RESERVATION.")
        _demand(not filled.get("maxRunDuration"), "RESERVATION_BOUND takes no maxRunDuration.")
    if model == "STANDARD" and not filled.get("maxRunDuration"):
        _demand(
            "instanceTerminationAction" not in filled,
            "You cannot specify a termination action for a VM instance that has the standard provisioning model.",
        )
    return filled


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise invalid(f"Invalid value for field 'resource.properties.scheduling': ''. {message}")
