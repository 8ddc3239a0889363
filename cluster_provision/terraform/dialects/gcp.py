"""How the google provider and the gcs backend word their failures.

Texts: the google provider's source at 7.45.0 (compute_operation.go, googleapi's Error) and real reports, collected in
the troubleshooting guide (docs/troubleshooting.md). clouds/gcp/problems.py sorts Google's reasons for making no
machine, in Terraform's words and in a group's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.clouds.gcp import problems as google_problems
from cluster_provision.clouds.gcp.refusals import CAUSES, POLICIES
from cluster_provision.clouds.gcp.resources import PATH, leftover
from cluster_provision.clouds.problems import kind
from cluster_provision.errors import CredentialsError, PermissionDenied, SettingsError, StateStoreError
from cluster_provision.terraform.failures import Dialect

if TYPE_CHECKING:
    from cluster_provision.result import Leftover

USED_BY = re.compile(r"is already being used by '([^']+)'")


def _users(text: str) -> list[Leftover]:
    return [leftover(user) for user in USED_BY.findall(text)]


def _named(text: str) -> Leftover | None:
    found = PATH.search(text)
    return leftover(found[0]) if found else None


KINDS = (
    kind(
        r"networks/default' was not found|global/networks/default .*not found",
        SettingsError,
        'The project has no network "default": set NETWORK_CONFIG=new_network.',
    ),
    *CAUSES,
    *POLICIES,
    kind(
        r"could not find default credentials|invalid_grant|oauth2: |reauth|Request had invalid authentication"
        r"|Error 401",
        CredentialsError,
        "Run `gcloud auth application-default login` again and repeat the command; an access token has to be a new one "
        "(docs/authentication.md).",
    ),
    kind(
        r"Failed to get existing workspaces|Failed to (save|load|read) state|querying Cloud Storage failed"
        r"|Error (saving|loading) state|Failed to persist state",
        StateStoreError,
        "The state bucket can't be used: see TERRAFORM_GCS_PATH in docs/parameters.md.",
    ),
    *google_problems.KINDS,
    kind(
        r"Error 403",
        PermissionDenied,
        "Ask for the permission that the message names; docs/permissions.md lists all that you need.",
    ),
)
GOOGLE = Dialect(
    KINDS, _users, _named, "a service of Google's holds it: find out which one made it, or ask Google's support"
)
