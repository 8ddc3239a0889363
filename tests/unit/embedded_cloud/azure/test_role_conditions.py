from __future__ import annotations

import pytest

from embedded_cloud.azure.access.role_conditions import BLOBS, Asked, allows
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.storage.blob_actions import asked_of
from embedded_cloud.exchange import Request

# As the module terraform/modules/azure/identity writes them.
WRITES = f"((!(ActionMatches{{'{BLOBS}/write'}})) OR (@Resource[{BLOBS}:path] StringStartsWith 'd/nodes/'))"
READS = f"((!(ActionMatches{{'{BLOBS}/read'}})) OR (@Resource[{BLOBS}:path] StringStartsWith 'd/files/'))"
BOTH = f"{WRITES} AND {READS}"


def asked(method: str, target: str) -> Asked:
    return asked_of(Request.of(method, "a.blob.core.windows.net", target, {}, b""))


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("PUT", "/c/d/nodes/vm-1.json", True),
        ("PUT", "/c/d/nodes/vm-1.json?comp=metadata", True),
        ("PUT", "/c/d/terraform/state/default.tfstate", False),
        ("PUT", "/c/d/nodes2/vm-1.json", False),
        ("PUT", "/c/D/nodes/vm-1.json", False),
        ("GET", "/c/d/files/1.tar.gz", True),
        ("HEAD", "/c/d/terraform/state/default.tfstate", False),
        ("GET", "/c?restype=container&comp=list&prefix=d/files/", False),
        ("GET", "/c?restype=container", True),
    ],
)
def test_a_condition_on_paths_holds_for_the_actions_that_it_names(method: str, target: str, *, allowed: bool) -> None:
    assert allows(BOTH, asked(method, target)) is allowed


@pytest.mark.parametrize(
    "condition",
    [
        READS.replace("})) OR", "} AND NOT SubOperationMatches{'Blob.List'})) OR"),
        f"@Resource[{BLOBS}:path] StringEquals 'd/x'",
        f"@Resource[{BLOBS}:path] StringNotStartsWith 'd/x'",
        f"@Request[{BLOBS}:path] StringStartsWith 'd/x'",
        WRITES.replace(" OR ", " || "),
    ],
)
def test_what_only_azure_knows_is_said_to_be_unknown(condition: str) -> None:
    with pytest.raises(ArmError, match="does not know") as refused:
        allows(condition, asked("GET", "/c/d/x"))
    assert refused.value.status == 501


@pytest.mark.parametrize(
    "condition",
    [
        "",
        "(",
        "@Resource[x]",
        f"@Resource[{BLOBS}:path] Begins 'x'",
        f"@Resource[{BLOBS}:path] StringStartsWith",
        f"{WRITES})",
        "ActionMatches{x}",
        f"{WRITES} {READS}",
    ],
)
def test_what_is_no_condition_is_refused(condition: str) -> None:
    with pytest.raises(ArmError, match="role assignment condition is invalid"):
        allows(condition, asked("GET", "/c/d/x"))


@pytest.mark.parametrize(
    ("method", "target", "action"),
    [
        ("DELETE", "/c/x", f"{BLOBS}/delete"),
        ("DELETE", "/c/x?versionid=1", f"{BLOBS}/deleteBlobVersion/action"),
        ("GET", "/c/x?comp=tags", f"{BLOBS}/tags/read"),
        ("DELETE", "/c?restype=container", "Microsoft.Storage/storageAccounts/blobServices/containers/delete"),
        ("GET", "/?comp=list", "Microsoft.Storage/storageAccounts/blobServices/containers/read"),
    ],
)
def test_a_call_is_the_action_that_roles_name(method: str, target: str, action: str) -> None:
    assert asked(method, target).action == action
