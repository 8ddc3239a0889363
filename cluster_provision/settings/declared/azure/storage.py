"""The place of the state on Azure."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.azure.blobs import BlobFolder, BlobPath
from cluster_provision.settings.readers.choices import YesNo


@dataclass(frozen=True, kw_only=True)
class AzureStorageParameters:
    """State and files."""

    terraform_blob_path: BlobPath | None = parameter(
        BlobFolder(),
        default=None,
        default_text="the tool's own storage account in the subscription, made if it is missing",
        cloud="azure",
        since="0.1.0",
        help="The place of Terraform's state, the copied files and the nodes' records: an existing container, or a "
        "folder in one, which need not exist. Each cluster has the folder <NAME_PREFIX>-deployment in it.",
        example="https://mystate.blob.core.windows.net/terraform/clusters",
    )
    storage_keys: bool = parameter(
        YesNo(),
        default=False,
        cloud="azure",
        since="0.1.0",
        help="Whether the tool uses the storage account's keys, instead of roles in Entra ID. Whoever may list the "
        "keys has them.",
        example="yes",
    )
