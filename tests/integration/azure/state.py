"""The state's place on Azure, as the tool's parts see it in a test's own environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cluster_provision.clouds.azure.cloud import Azure
from cluster_provision.clouds.azure.credentials import find_credentials
from cluster_provision.state.azure.account import Place
from cluster_provision.state.azure.store import AzureBlobStore
from tests.integration.azure.tool import SUBSCRIPTION
from tests.integration.backends import Module

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.clouds.azure.credentials import Credentials

OWN = Place("aiinfratf123", "terraform", "", "aiinfra-terraform", "westeurope", own=True)


def store(
    place: Place = OWN, *, of: Credentials | None = None, keys: bool = False, deployment: str = "demo"
) -> AzureBlobStore:
    """The environment's credentials are used where none are given."""
    found = of or find_credentials(os.environ)
    return AzureBlobStore(Azure(found, SUBSCRIPTION), found.token, place, deployment, keys=keys)


def module(folder: Path, of: AzureBlobStore, variables: dict[str, str]) -> Module:
    """A root module with the store's backend, and Terraform with these variables, which win over the environment's."""
    return Module.made(folder, of.backend(), {**os.environ, **variables})
