"""What an env file implies: its cloud, and resources that would exist beforehand, such as its buckets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.images import image_projects
from cluster_provision.rehearsal.existing_machines import named_machines
from cluster_provision.settings.catalogue import AZURE, catalogue_of
from cluster_provision.settings.environment import read_environment
from cluster_provision.settings.readers.azure.config_yaml import config_yaml
from cluster_provision.settings.reading import BadValue, NotInThisVersion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.readers.azure.blobs import BlobPath


def named(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of the admin call `/expect`. An unreadable setting adds nothing (the settings refuse it)."""
    if is_existing(environ):
        return {"existing": named_machines(environ)}
    if is_azure(environ):
        blobs: BlobPath | None = _value(environ, "terraform_blob_path")
        return {
            "subscription": text_of(environ, "subscription_id"),
            "blobs": {"account": blobs.account, "container": blobs.container} if blobs else {},
            "identity": _value(environ, "node_identity") or "",
            "image": text_of(environ, "image") if text_of(environ, "image").startswith("/subscriptions/") else "",
            "subscription_name": _subscription_name(environ),
        }
    return {
        "project": environ.get("PROJECT_ID", "").strip(),
        "buckets": named_buckets(environ),
        "service_accounts": [mail] if (mail := environ.get("SERVICE_ACCOUNT", "").strip()) else [],
    }


def is_azure(environ: Mapping[str, str]) -> bool:
    return catalogue_of(environ) is AZURE


def is_existing(environ: Mapping[str, str]) -> bool:
    """Whether the machines exist already, on no cloud."""
    return catalogue_of(environ).cloud == "existing"


def is_own_image(environ: Mapping[str, str]) -> bool:
    """Whether the machines boot from an image of the user's own: of another project than Google's, or by Azure's id."""
    if is_azure(environ):
        return text_of(environ, "image").startswith("/")
    project = text_of(environ, "image_project")
    return bool(project) and project not in image_projects()


def text_of(environ: Mapping[str, str], field: str) -> str:
    """Return a parameter's text, under whichever of its names it is set; empty if it isn't."""
    found = read_environment(environ, catalogue_of(environ)).given.get(field)
    return found.text if found else ""


def _subscription_name(environ: Mapping[str, str]) -> str:
    """Return the name of the subscription in CONFIG_FILE; empty if there is none, or it can't be read."""
    try:
        text = Path(text_of(environ, "config_file") or os.devnull).read_text(encoding="utf-8")
        return str(config_yaml(text).values.get("subscription_name") or "")
    except (BadValue, OSError, ValueError):
        return ""


def _value(environ: Mapping[str, str], field: str) -> Any:
    """Return a parameter's value, or None if it isn't set or can't be read."""
    text = text_of(environ, field)
    try:
        return AZURE.names[field.upper()].declaration.reader.read(text) if text else None
    except (BadValue, NotInThisVersion):
        return None


def named_buckets(environ: Mapping[str, str]) -> list[str]:
    """Return the buckets of TERRAFORM_GCS_PATH (gs://bucket/folder) and GCS_MOUNT_LIST (bucket:/path,…)."""
    path = environ.get("TERRAFORM_GCS_PATH", "").strip()
    names = [path.removeprefix("gs://").partition("/")[0]] if path.startswith("gs://") else []
    for entry in environ.get("GCS_MOUNT_LIST", "").split(","):
        names.append(entry.strip().removeprefix("gs://").partition(":")[0].partition("/")[0])
    return list(dict.fromkeys(name for name in names if name))
