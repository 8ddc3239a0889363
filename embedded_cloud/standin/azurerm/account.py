"""The subscription that the provider acts in, and the provider's features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Features:
    """The features that change a call. Defaults: internal/features/defaults.go."""

    persists_id: bool = False
    skips_import_check: bool = False
    keeps_groups_with_resources: bool = True
    reimages: bool = True
    rolls_instances: bool = True
    scales_to_zero: bool = True
    purges_vaults: bool = True
    recovers_vaults: bool = True


@dataclass(frozen=True)
class Account:
    subscription: str = ""
    features: Features = Features()


def features_of(blocks: Any) -> Features:
    """The features in the provider's `features` block."""
    outer = _one(blocks)
    group, scale_set = _one(outer.get("resource_group")), _one(outer.get("virtual_machine_scale_set"))
    vault = _one(outer.get("key_vault"))
    return Features(
        persists_id=_is(outer, "persist_id_on_create_before_polling_for_completion", default=False),
        skips_import_check=_is(
            outer, "skip_import_check_on_create_and_allow_overwriting_existing_resources", default=False
        ),
        keeps_groups_with_resources=_is(group, "prevent_deletion_if_contains_resources", default=True),
        reimages=_is(scale_set, "reimage_on_manual_upgrade", default=True),
        rolls_instances=_is(scale_set, "roll_instances_when_required", default=True),
        scales_to_zero=_is(scale_set, "scale_to_zero_before_deletion", default=True),
        purges_vaults=_is(vault, "purge_soft_delete_on_destroy", default=True),
        recovers_vaults=_is(vault, "recover_soft_deleted_key_vaults", default=True),
    )


def _one(blocks: Any) -> Mapping[str, Any]:
    return blocks[0] if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict) else {}


def _is(block: Mapping[str, Any], name: str, *, default: bool) -> bool:
    given = block.get(name)
    return given if isinstance(given, bool) else default
