"""Labels as the provider plans them: the resource's own, the provider's for all, and one that names Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.standin.planning import known
from embedded_cloud.standin.wire import UNKNOWN

if TYPE_CHECKING:
    from embedded_cloud.standin.google.lifecycle import Place
    from embedded_cloud.standin.wire import Values

_ATTRIBUTION = ("goog-terraform-provisioned", "true")


def plan(planned: Values, prior: Values | None, place: Place) -> Values:
    """The planned `terraform_labels` and `effective_labels`, where the resource has them."""
    if "terraform_labels" not in planned:
        return {}
    given = planned.get("resource_labels" if "resource_labels" in planned else "labels")
    if not known(given):
        return {"terraform_labels": UNKNOWN, "effective_labels": UNKNOWN}
    effective = dict((prior or {}).get("effective_labels") or {})
    ours = dict(place.labels)
    # Only new resources get it, and those that have it keep it.
    if place.attribution and (prior is None or _ATTRIBUTION[0] in effective):
        ours[_ATTRIBUTION[0]] = _ATTRIBUTION[1]
    ours.update(given or {})
    gone = ((prior or {}).get("terraform_labels") or {}).keys() - ours.keys()
    return {
        "terraform_labels": ours,
        "effective_labels": {key: value for key, value in effective.items() if key not in gone} | ours,
    }
