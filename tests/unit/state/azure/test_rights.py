"""Whether blobs may be written and deleted, by what Resource Manager tells of roles."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cluster_provision.errors import PermissionDenied
from cluster_provision.state.azure.rights import BLOBS, KEYS, rights_on

OWNER = {"actions": [f"{BLOBS.removesuffix('/blobs')}/*"], "dataActions": [f"{BLOBS}/*"]}
READER = {"actions": ["*/read"], "dataActions": [f"{BLOBS}/read"]}
NO_DELETE = {"actions": [], "dataActions": [f"{BLOBS}/*"], "notDataActions": [f"{BLOBS}/delete"]}


@pytest.mark.parametrize(
    ("roles", "missing", "unproven"),
    [
        ([OWNER], (), ""),
        ([READER, OWNER], (), ""),
        ([READER], (f"{BLOBS}/write", f"{BLOBS}/delete"), ""),
        ([NO_DELETE], (f"{BLOBS}/delete",), ""),
        ([{"actions": ["*"]}], (), "tells nothing of blobs"),
        ([], (), "tells nothing of blobs"),
    ],
)
def test_data_actions_count(roles: list[dict[str, Any]], missing: tuple[str, ...], unproven: str) -> None:
    found = rights_on(cast("Any", SimpleNamespace(pages=lambda *_: iter(roles))), "/a", "box", keys=False)
    assert found.missing == missing
    assert unproven in found.unproven
    assert bool(found.unproven) == bool(unproven)


def test_with_keys_it_is_the_keys_that_count() -> None:
    cloud = cast("Any", SimpleNamespace(pages=lambda *_: iter([READER])))
    assert rights_on(cloud, "/a", "box", keys=True).missing == (KEYS,)


def test_a_look_that_is_refused_proves_nothing() -> None:
    def refuse(*_: Any) -> Any:
        raise PermissionDenied("looking up your roles: no")

    assert "no" in rights_on(cast("Any", SimpleNamespace(pages=refuse)), "/a", "box", keys=False).unproven
    assert "isn't known" in rights_on(cast("Any", None), "", "box", keys=False).unproven
