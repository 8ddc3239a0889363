"""Chooses the provider that Terraform runs in a rehearsal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cluster_provision.rehearsal.existing_resources import is_azure
from cluster_provision.rehearsal.folder import writing_to
from cluster_provision.terraform.environment import providers_from

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from pathlib import Path

REGISTRY = "registry.terraform.io/hashicorp"


def provide_providers(environ: MutableMapping[str, str], folder: Path) -> None:
    """Make Terraform never ask the registry: use the user's folder, else the image's own, else the stand-in.

    The image's own counts only if it has the needed provider. Raises MachineError if `folder` can't hold the stand-in.
    """
    if environ.get("PROVIDER_MIRROR", "").strip():
        return
    wanted, own = provider_of(environ), providers_from(None).mirror
    if own is not None and (own / REGISTRY / wanted).is_dir():
        return
    from embedded_cloud.standin import install

    with writing_to(folder):
        environ["PROVIDER_MIRROR"] = os.fspath(install(folder / "providers", wanted))


def provider_of(environ: Mapping[str, str]) -> str:
    """Return the provider that the modules of the user's cloud need."""
    return "azurerm" if is_azure(environ) else "google"
