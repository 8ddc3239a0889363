"""How the azurerm provider and backend word their failures.

Texts: go-azure-sdk's resource manager client ("unexpected status 409 (409 Conflict) with error: <Code>: <Message>"; for
long operations, the code as Status, then Message), internal/clients/builder.go of azurerm 5.2.0, and reports:
https://github.com/hashicorp/terraform-provider-azurerm/issues/4784, 12679, 15413, 16155, 17478, 20867, 21187, 27526;
https://github.com/hashicorp/terraform/issues/24289 (read 2026-11-22). clouds/azure/problems.py sorts Azure's reasons
for making no machine, in Terraform's words and in a scale set's own.
"""

from __future__ import annotations

import re
import shlex

from cluster_provision.clouds.azure import problems as azure_problems
from cluster_provision.clouds.azure.failures import TENANT, advice_on
from cluster_provision.clouds.azure.refusals import CAUSES
from cluster_provision.clouds.problems import kind
from cluster_provision.errors import (
    AlreadyThere,
    CredentialsError,
    InUse,
    PermissionDenied,
    StateStoreError,
    Unreachable,
)
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Leftover
from cluster_provision.terraform.failures import Dialect

LOCKED = re.compile(r"following scope\(s\) are locked: '(?P<scopes>/[^\"]*?)'\. Please remove")
# What uses what can't be deleted stands behind these words, and before them what it uses:
# https://github.com/hashicorp/terraform-provider-azurerm/issues/298, 350, 688, 2566; terraform-azurerm-compute#107.
KEPT = re.compile(r"InUse|CannotBeDeleted|\bcan ?not be deleted|\bcan't be deleted", re.IGNORECASE)
USED_BY = re.compile(
    r"\b(?:in use(?: by| with)?|used by|allocated to|associated (?:with|to)|attached to|referenced by|assigned to"
    r"|depend\w* (?:on|upon) (?:it|this)|following resources?)\b",
    re.IGNORECASE,
)
# A resource group's name may have parentheses in it.
ID = re.compile(r"/subscriptions/(?:[^\s,;'\"`()\[\]]|\([^\s()]*\))+")
NAMED = re.compile(r'"(?P<id>/subscriptions/[^"|]+)[^"]*" already exists')
# A part of a resource (an IP configuration, a subnet) is deleted with the resource.
RESOURCE = re.compile(r"(?P<id>/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/[^/]+/[^/]+)", re.IGNORECASE)


def locked_scopes(text: str) -> list[str]:
    """The scopes, each once, that have a lock by Azure's words."""
    return list(dict.fromkeys(scope for each in LOCKED.finditer(text) for scope in each["scopes"].split("', '")))


def _users(text: str) -> list[Leftover]:
    """Return locks, and users of a subnet or the like."""
    return [*(_lock(scope) for scope in locked_scopes(text)), *_using(text)]


def _using(text: str) -> list[Leftover]:
    """Those that stand behind words of use, less what is to be deleted itself."""
    words = USED_BY.search(text) if KEPT.search(text) else None
    if words is None:
        return []
    before = {_whole(each[0]).lower() for each in ID.finditer(text, 0, words.start())}
    users = (_whole(each[0]) for each in ID.finditer(text, words.end()))
    return [_resource(user) for user in users if RESOURCE.match(user) and user.lower() not in before]


def _whole(path: str) -> str:
    """The resource that a part belongs to, less the full stop of the sentence."""
    found = RESOURCE.match(path)
    return (found["id"] if found else path).rstrip(".")


def _lock(scope: str) -> Leftover:
    """Return the lock; an owner of the scope, or a user access administrator, may delete it.

    The commands list the scope's own locks alone, and delete one of them by its name: a list of Azure's has all locks
    below the scope too, which may be other people's.
    """
    below = f"{scope}/providers/Microsoft.Authorization/locks/"
    own = shlex.quote(f"[?starts_with(id, '{below}')].{{name:name, notes:notes}}")
    subscription = shlex.quote(scope.split("/")[2]) if scope.startswith("/subscriptions/") else "<SUBSCRIPTION_ID>"
    command = (
        f"az lock list --subscription {subscription} --query {own} --output table\n"
        f"  az lock delete --ids {shlex.quote(below)}<name>"
    )
    return Leftover("lock on", scope, command=command)


def _resource(path: str) -> Leftover:
    path = _whole(path)
    return Leftover(
        path.split("/")[-2], path.rpartition("/")[2], command=f"az resource delete --ids {shlex.quote(path)}"
    )


def _named(text: str) -> Leftover | None:
    found = NAMED.search(text)
    return _resource(found["id"]) if found else None


KINDS = (
    # The text names all of them, which may be another cluster's, at work: so no line deletes what it names.
    kind(
        r"still contains Resources",
        InUse,
        "What the message names is not in this cluster's state. A label in the list's first column is another "
        "cluster's of this tool: run that cluster's Destroy. Move or delete the rest, where nobody needs it. Then run "
        "the same command again, which continues from here:\n"
        "  az resource list --subscription <subscription> --resource-group <group> --output table "
        f"""--query '[].{{cluster:tags."{CLUSTER_LABEL}", type:type, name:name, id:id}}'\n"""
        "  az resource delete --ids <id>",
        names=(r"\* `/subscriptions/(?P<subscription>[^/`]+)/resourceGroups/(?P<group>[^/`]+)/",),
    ),
    kind(
        r"InvalidAuthenticationTokenTenant|from the wrong issuer",
        CredentialsError,
        "The subscription belongs to another directory than the one you signed in to: set ARM_TENANT_ID=<tenant>, with "
        "credentials of that directory.",
        names=(TENANT.pattern,),
    ),
    kind(
        r"AADSTS|could not acquire access token|ExpiredAuthenticationToken|InvalidAuthenticationToken"
        r"|unexpected status 401|building account:|failed to request token from metadata",
        CredentialsError,
        "docs/azure-authentication.md says which credentials work, and how to give them.",
    ),
    *CAUSES,
    kind(
        r"AuthorizationFailure\b|not authorized to perform this operation\.(?! using)|AuthorizationSourceIPMismatch"
        r"|NetworkAccessDenied|IpAuthorizationRejected",
        StateStoreError,
        advice_on("AuthorizationFailure"),
    ),
    kind(
        r"Failed to get existing workspaces|Failed to (?:save|load|read) state|Error (?:saving|loading) state"
        r"|Failed to persist state|KeyBasedAuthenticationNotPermitted|AuthorizationPermissionMismatch"
        r"|containers\.Client",
        StateStoreError,
        "The state's container can't be used: see TERRAFORM_BLOB_PATH in docs/parameters.md.",
    ),
    *azure_problems.KINDS,
    kind(
        r"unexpected status (?:429|5\d\d)",
        Unreachable,
        "Azure is busy or down: run the same command again later.",
    ),
    kind(
        r"unexpected status 403",
        PermissionDenied,
        "Ask for the permission that the message names; docs/azure-permissions.md lists all that you need.",
    ),
)

NAMELESS = (
    kind(
        r"RoleAssignmentExists",
        AlreadyThere,
        "Azure has this role assignment already, most often one that an earlier run gave and could not note. Run the "
        "same command again, which takes it over where it is the cluster's. Where that doesn't help, see what is "
        "there, and delete it:\n"
        "  az role assignment list --scope <scope> --output table\n"
        "  az role assignment delete --ids <scope>/providers/Microsoft.Authorization/roleAssignments/<assignment>",
        names=(
            r"Scope:? \"(?P<scope>/subscriptions/[\w./-]+)\"",
            r"\"(?P<scope>/subscriptions/[\w./-]+)/providers/Microsoft\.Authorization/roleAssignments/",
            r"conflicting role assignment is (?P<assignment>[0-9a-f-]{32,36})",
        ),
    ),
)
AZURE = Dialect(KINDS, _users, _named, "look in the portal for what uses it, and for a lock on it", NAMELESS)
