"""What an env file names and that would have been there beforehand: its buckets, its service account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

IDENTITY = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+", re.I
)


def named(environ: Mapping[str, str]) -> dict[str, Any]:
    """The body of the admin call `/expect`; a setting that can't be read names nothing (the settings refuse it)."""
    if environ.get("CLOUD", "").strip() == "azure":
        identity = environ.get("NODE_IDENTITY", "").strip()
        return {
            "subscription": environ.get("SUBSCRIPTION_ID", "").strip(),
            "blobs": named_blobs(environ),
            "identity": identity if IDENTITY.fullmatch(identity) else "",
        }
    return {
        "project": environ.get("PROJECT_ID", "").strip(),
        "buckets": named_buckets(environ),
        "service_accounts": [mail] if (mail := environ.get("SERVICE_ACCOUNT", "").strip()) else [],
    }


def named_blobs(environ: Mapping[str, str]) -> dict[str, str]:
    """Account and container of TERRAFORM_BLOB_PATH (https://account.blob.core.windows.net/container/folder)."""
    path = environ.get("TERRAFORM_BLOB_PATH", "").strip()
    host, _, rest = path.removeprefix("https://").partition("/")
    account, _, suffix = host.partition(".")
    known = path.startswith("https://") and suffix == "blob.core.windows.net"
    return {"account": account, "container": rest.partition("/")[0]} if known else {}


def named_buckets(environ: Mapping[str, str]) -> list[str]:
    """The buckets of TERRAFORM_GCS_PATH (gs://bucket/folder) and GCS_MOUNT_LIST (bucket:/path,…)."""
    path = environ.get("TERRAFORM_GCS_PATH", "").strip()
    names = [path.removeprefix("gs://").partition("/")[0]] if path.startswith("gs://") else []
    for entry in environ.get("GCS_MOUNT_LIST", "").split(","):
        names.append(entry.strip().removeprefix("gs://").partition(":")[0].partition("/")[0])
    return list(dict.fromkeys(name for name in names if name))
