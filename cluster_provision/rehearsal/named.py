"""What an env file names and that would have been there beforehand: its buckets, its service account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def named(environ: Mapping[str, str]) -> dict[str, Any]:
    """The body of the admin call `/expect`; a setting that can't be read names nothing (the settings refuse it)."""
    return {
        "project": environ.get("PROJECT_ID", "").strip(),
        "buckets": named_buckets(environ),
        "service_accounts": [mail] if (mail := environ.get("SERVICE_ACCOUNT", "").strip()) else [],
    }


def named_buckets(environ: Mapping[str, str]) -> list[str]:
    """The buckets of TERRAFORM_GCS_PATH (gs://bucket/folder) and GCS_MOUNT_LIST (bucket:/path,…)."""
    path = environ.get("TERRAFORM_GCS_PATH", "").strip()
    names = [path.removeprefix("gs://").partition("/")[0]] if path.startswith("gs://") else []
    for entry in environ.get("GCS_MOUNT_LIST", "").split(","):
        names.append(entry.strip().removeprefix("gs://").partition(":")[0].partition("/")[0])
    return list(dict.fromkeys(name for name in names if name))
