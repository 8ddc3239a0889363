"""Loads a credentials file into credentials of Google's library, without any call to Google.

The library's own loader asks Google for a federated identity's project.
"""

from __future__ import annotations

import os
from typing import Any

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


def load(info: dict[str, Any]) -> Any:
    """Return the credentials. Raises the library's own error, or ValueError, where something is missing."""
    source = info.get("source_credentials")
    if isinstance(source, dict) and source.get("type") == "external_account":
        raise ValueError(
            "it impersonates a service account by a federated identity in one file, which isn't supported: have the "
            "federated identity's own file name the account, and use that: "
            "`gcloud iam workload-identity-pools create-cred-config` writes one, with --service-account=<e-mail>"
        )
    credentials = LOADERS[str(info["type"])](info)
    quota_project = os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT")
    return credentials.with_quota_project(quota_project) if quota_project else credentials


def _login(info: dict[str, Any]) -> Any:
    from google.oauth2.credentials import Credentials

    return Credentials.from_authorized_user_info(info)  # with the scopes that the login asked for


def _key(info: dict[str, Any]) -> Any:
    from google.oauth2.service_account import Credentials

    return Credentials.from_service_account_info(info, scopes=SCOPES)


def _federation(info: dict[str, Any]) -> Any:
    """Choose the class: https://google.aip.dev/auth/4117 (files and addresses), 4116 (AWS), and executables."""
    source = info.get("credential_source") or {}
    if str(source.get("environment_id", "")).startswith("aws"):
        from google.auth.aws import Credentials as Aws

        return Aws.from_info(info, scopes=SCOPES)
    if "executable" in source:
        from google.auth.pluggable import Credentials as Executable

        return Executable.from_info(info, scopes=SCOPES)
    from google.auth.identity_pool import Credentials

    return Credentials.from_info(info, scopes=SCOPES)


def _workforce_login(info: dict[str, Any]) -> Any:
    from google.auth.external_account_authorized_user import Credentials

    return Credentials.from_info(info)


def _impersonation(info: dict[str, Any]) -> Any:
    from google.auth.impersonated_credentials import Credentials

    return Credentials.from_impersonated_service_account_info(info, scopes=SCOPES)


LOADERS = {
    "authorized_user": _login,
    "service_account": _key,
    "external_account": _federation,
    "external_account_authorized_user": _workforce_login,
    "impersonated_service_account": _impersonation,
}
