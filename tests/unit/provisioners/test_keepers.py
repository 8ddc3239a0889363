"""What keeps Terraform from deleting comes with the commands that lift it, where it can be looked at."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import InUse, PermissionDenied, TerraformError
from cluster_provision.provisioners.terraform.keepers import keepers_named
from cluster_provision.result import Leftover

REFUSED = InUse("destroy failed: it is protected", "look for it")
KEEPERS = [
    Leftover("lock", "a on /s", command="az lock delete --ids /s/locks/a"),
    Leftover("lock", "b on /s", command="az lock delete --ids /s/locks/b"),
]


def raised(found: list[Leftover] | Exception, failure: Exception) -> Any:
    """What a block that ends with the failure raises; `found` is what the cloud lists."""

    def keepers(message: str) -> list[Leftover]:
        assert message == REFUSED.message
        if isinstance(found, Exception):
            raise found
        return found

    session: Any = SimpleNamespace(target=SimpleNamespace(keepers=keepers))
    with pytest.raises(type(failure)) as ended, keepers_named(session):
        raise failure
    return ended.value


def test_each_is_named_with_its_command() -> None:
    failure = raised(KEEPERS, REFUSED)
    assert "lock a on /s\n  lock b on /s" in failure.message
    assert [line.strip() for line in failure.advice.splitlines()[1:]] == [each.command for each in KEEPERS]


@pytest.mark.parametrize("found", [[], PermissionDenied("no")], ids=["none", "refused"])
def test_where_there_is_none_to_be_seen_the_failure_stays(found: list[Leftover] | Exception) -> None:
    assert raised(found, REFUSED) is REFUSED


def test_another_failure_is_left_alone() -> None:
    other = TerraformError("no room")
    assert raised(KEEPERS, other) is other
