"""What a rehearsal makes on a container engine, by name and label; nothing without the label is ever touched."""

from __future__ import annotations

import hashlib

from embedded_cloud import __version__

LABEL = "org.cluster-provision.rehearsal"
LABEL_FOLDER = f"{LABEL}.folder"
LABEL_ID = f"{LABEL}.id"
LABEL_INSTANCE = f"{LABEL}.instance"
LABEL_PLACE = f"{LABEL}.place"
LABEL_PROJECT = f"{LABEL}.project"
LABEL_VERSION = f"{LABEL}.version"

CLOUD = "rehearsal-cloud"
CLUSTER_NETWORK = "rehearsal-cluster"
METADATA_NETWORK = "rehearsal-metadata"
SHARED_VOLUME = "rehearsal-shared"
METADATA_SUBNET = "169.254.169.0/24"
METADATA_ADDRESS = "169.254.169.254"

TOOL_IMAGE = f"cluster-provision:{__version__}-rehearsal"
DEBIAN_MADE_HERE = "cluster-provision/made-here-debian"

REMOVE_ALL = (
    f"docker rm -f -v $(docker ps -a -q --filter label={LABEL}); docker network rm {CLUSTER_NETWORK} "
    f"{METADATA_NETWORK}; docker volume rm -f {SHARED_VOLUME}"
)

REMOVE_MACHINES = f"docker exec {CLOUD} python3 -m embedded_cloud.existing.remove"

DOOR_PORT = 8443
NOTEBOOK_PORT = 8080

DISKS_FOLDER = "/var/lib/machine-disks"  # in a machine: its disks that outlive it
RECORDED_FILE = "/var/log/cluster/recorded.jsonl"  # on a node: images/node/…/record writes it


def labels(role: str) -> dict[str, str]:
    """`role`: cloud, node, network or volume."""
    return {LABEL: role}


def digest(text: str) -> str:
    """A name that is made from another, and can be part of a host's."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def disks_volume(machine: str) -> str:
    """The volume of the disks that were ever attached to this machine, which others of its name see again."""
    return f"rehearsal-disks-{digest(machine.lower())}"


def node_image(kind: str = "") -> str:
    """The image of nodes of this kind, such as `ray`."""
    return f"cluster-provision-node{kind and '-'}{kind}:{__version__}"


def node_container(instance: str) -> str:
    return f"rehearsal-{instance}"
