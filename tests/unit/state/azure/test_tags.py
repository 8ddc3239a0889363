"""What the tool makes for the state carries the user's tags, so that a policy that asks for tags can be satisfied."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from cluster_provision.state.azure.account import MADE_BY, Place, _is_ours, make_account


def test_group_and_account_get_the_users_tags_and_stay_the_tools() -> None:
    made: list[dict[str, str]] = []
    cloud = SimpleNamespace(
        group=lambda _: None,
        account=lambda *_: None,
        account_name_is_free=lambda _: True,
        make_group=lambda _name, _place, tags: made.append(tags),
        make_account=lambda _group, _name, _place, tags, keys: made.append(tags),
        keep_versions=lambda *_: None,
        make_container=lambda *_: None,
    )
    given = {"costcentre": "4711", "created-by": "me"}
    make_account(cast("Any", cloud), Place("a", "c", group="g", own=True, tags=given), keys=False)
    assert made == [{"costcentre": "4711", **MADE_BY}] * 2
    assert all(_is_ours({"tags": tags}) for tags in made)
