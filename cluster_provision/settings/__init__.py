"""Reads settings from environment variables into typed values, and reports every problem at once."""

from cluster_provision.settings.azure.settings import AzureSettings
from cluster_provision.settings.common import CloudSettings, Settings
from cluster_provision.settings.existing.machines import GivenMachine
from cluster_provision.settings.existing.nfs import NfsExport, NfsMount
from cluster_provision.settings.existing.settings import ExistingSettings
from cluster_provision.settings.gcp.settings import GcpSettings
from cluster_provision.settings.known_parameters import known_parameters
from cluster_provision.settings.load import Loaded, action_named, load
from cluster_provision.settings.readers.azure.blobs import BlobPath
from cluster_provision.settings.readers.azure.images import AzureImage
from cluster_provision.settings.readers.gcp.buckets import GcsPath
from cluster_provision.settings.readers.gcp.file_shares import FileShare
from cluster_provision.settings.readers.gcp.lists import BucketMount
from cluster_provision.settings.readers.gcp.maps import NodePool
from cluster_provision.settings.slurm_cloud import PoolSettings, SlurmCloudSettings

__all__ = [
    "AzureImage",
    "AzureSettings",
    "BlobPath",
    "BucketMount",
    "CloudSettings",
    "ExistingSettings",
    "FileShare",
    "GcpSettings",
    "GcsPath",
    "GivenMachine",
    "Loaded",
    "NfsExport",
    "NfsMount",
    "NodePool",
    "PoolSettings",
    "Settings",
    "SlurmCloudSettings",
    "action_named",
    "known_parameters",
    "load",
]
