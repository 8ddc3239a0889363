"""Buckets that keep their objects: no lock in one can be released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import StateStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.cloud.storage import Bucket


def require_deletable(bucket: Bucket, name: str, has_state: Callable[[], bool]) -> None:
    """A lock is an object that has to go again. Raises StateStoreError where the bucket keeps its objects; where a
    state is in it already, the best is made of it."""
    kept, why, lifted = int(bucket.retention_period or 0), "", ""
    if kept:
        why, lifted = f"keeps every object for {_spelt(kept)} (its retention policy)", "--clear-retention-period"
    elif bucket.default_event_based_hold:
        why, lifted = "puts an event-based hold on every new object", "--no-default-event-based-hold"
    if why and not has_state():
        raise StateStoreError(
            f"bucket gs://{name} {why}, so that no lock in it can be released and no state replaced",
            "Name a bucket without it: TERRAFORM_GCS_PATH=gs://<bucket>/<folder>; object versioning keeps former "
            "states too, and lets go. Where nobody needs it, and it isn't locked:\n"
            f"  gcloud storage buckets update gs://{name} {lifted}",
        )


def _spelt(seconds: int) -> str:
    """A time in its largest unit."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return f"{seconds / size:g} {unit}"
    return f"{seconds} seconds"
