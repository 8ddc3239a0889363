"""Settings: from environment variables to typed values, every problem at once."""

from cluster_provision.settings.gcp import GcpSettings
from cluster_provision.settings.known import known_parameters
from cluster_provision.settings.load import Loaded, load
from cluster_provision.settings.readers.buckets import GcsPath
from cluster_provision.settings.readers.file_shares import FileShare
from cluster_provision.settings.readers.lists import BucketMount
from cluster_provision.settings.readers.maps import NodePool

__all__ = ["BucketMount", "FileShare", "GcpSettings", "GcsPath", "Loaded", "NodePool", "known_parameters", "load"]
