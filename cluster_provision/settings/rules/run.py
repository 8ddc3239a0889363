"""Rules for pairs of parameters of the run itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf

if TYPE_CHECKING:
    from cluster_provision.settings.common import CloudSettings, Settings
    from cluster_provision.settings.draft import DraftOf


def unused_folder(draft: DraftOf[Settings]) -> RuleResultOf[Any]:
    """Report a folder for the embedded cloud in a run without it: the user may have forgotten REHEARSE."""
    if draft.good("rehearse", "rehearse_dir") and "rehearse_dir" in draft.given and draft.settings.rehearse == "no":
        return RuleResultOf(
            notes=("REHEARSE_DIR has no effect: without REHEARSE=yes or plan this run is on the real cloud",)
        )
    return RuleResultOf()


def price_limit(draft: DraftOf[CloudSettings]) -> RuleResultOf[Any]:
    """Report a price limit that no check looks at."""
    if not draft.good("max_hourly_cost", "skip_checks") or "price" not in draft.settings.skip_checks:
        return RuleResultOf()
    if draft.settings.max_hourly_cost is None:
        return RuleResultOf()
    limit = draft.settings.max_hourly_cost
    return RuleResultOf(notes=(f"MAX_HOURLY_COST={limit} has no effect: SKIP_CHECKS skips the check of the price",))
