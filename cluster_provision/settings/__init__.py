"""Settings: from environment variables to typed values, every problem at once."""

from cluster_provision.settings.azure import AzureSettings
from cluster_provision.settings.common import Settings
from cluster_provision.settings.gcp import GcpSettings
from cluster_provision.settings.known import known_parameters
from cluster_provision.settings.load import Loaded, load
from cluster_provision.settings.readers.azure_images import AzureImage
from cluster_provision.settings.readers.blobs import BlobPath
from cluster_provision.settings.readers.buckets import GcsPath
from cluster_provision.settings.readers.file_shares import FileShare
from cluster_provision.settings.readers.lists import BucketMount
from cluster_provision.settings.readers.maps import NodePool

__all__ = [
    "AzureImage",
    "AzureSettings",
    "BlobPath",
    "BucketMount",
    "FileShare",
    "GcpSettings",
    "GcsPath",
    "Loaded",
    "NodePool",
    "Settings",
    "known_parameters",
    "load",
]
