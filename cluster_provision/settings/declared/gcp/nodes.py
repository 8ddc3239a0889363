"""What the machines are given and what runs on them."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import FALSE_WORDS, TRUE_WORDS, Choice, YesNo
from cluster_provision.settings.readers.commands import Command
from cluster_provision.settings.readers.gcp.maps import Labels, Metadata
from cluster_provision.settings.readers.gcp.names import SERVICE_ACCOUNT

NetworkConfig = Literal["default_network", "new_network", "multi_nic_network"]
_NETWORKS: tuple[NetworkConfig, ...] = ("default_network", "new_network", "multi_nic_network")


def opposite(text: str) -> str:
    """ENABLE_OPS_AGENT's value as DISABLE_OPS_AGENT's; what is neither yes nor no stays as it is."""
    word = text.strip().casefold()
    if word in TRUE_WORDS:
        return "false"
    return "true" if word in FALSE_WORDS else text


@dataclass(frozen=True, kw_only=True)
class NodeParameters:
    """On the machines."""

    startup_command: str = parameter(
        Command(),
        default="",
        confidential=True,
        help="A command that every machine runs as its last step, with bash. Carried as it stands, with one exception "
        'for old env files: where every double quote is written \\", each \\" is read as ", and \\\\ before one as \\. '
        "A command with any plain double quote is never touched. Whoever may read the Terraform state or the "
        "machines' metadata can read it, so keep secrets out.",
        example="python /usr/cp/train.py",
    )
    wait_for_startup_command: bool = parameter(
        YesNo(),
        default=False,
        since="0.1.0",
        help="Whether Create waits until STARTUP_COMMAND has ended on every machine, and fails where it does. "
        "Otherwise a machine is ready once the command has started.",
        example="yes",
    )
    metadata: dict[str, str] = parameter(
        Metadata(),
        default={},
        confidential=True,
        help="Metadata of the machines, a map in HCL: keys bare or quoted, = or :, separated by commas. Numbers and "
        "booleans are kept as text, and nothing is evaluated: ${ and %{ are text. The keys VmDnsSetting, "
        "enable-oslogin, install-nvidia-driver and proxy-mode are the tool's and win. Whoever may read the Terraform "
        "state or the machines' metadata can read it, so keep secrets out.",
        example='{ key1 = "val", key2 = "val2" }',
    )
    labels: dict[str, str] = parameter(
        Labels(),
        default={},
        help="Labels of everything that takes labels, a map in HCL as METADATA is. The tool adds aiinfra-cluster, "
        "with a value that stays the same for the life of the cluster, by which bills can be filtered.",
        example='{ team = "research", stage = "test" }',
    )
    network_config: NetworkConfig = parameter(
        Choice(_NETWORKS),
        default="default_network",
        help='default_network uses the VPC "default" of the project; new_network makes one for the cluster, with NAT; '
        "multi_nic_network makes several, and gives each machine a card in each: five, or as many as the GPUDirect of "
        "VM_TYPE needs. Machines take a card for each vCPU, two at least.",
        example="new_network",
    )
    external_ip: bool = parameter(
        YesNo(),
        default=True,
        since="0.1.0",
        help="Whether each machine has an external address. No port is opened on it. Without one, the machines reach "
        "the internet by NAT, which is made where their network has none, and ssh comes through IAP.",
        example="no",
    )
    service_account: str | None = parameter(
        SERVICE_ACCOUNT,
        default=None,
        default_text="one is made for the cluster, with least privilege",
        since="0.1.0",
        help="The service account that the machines run as. It is granted nothing: it must be able to read and write "
        "the cluster's folder in the state bucket, and the buckets of GCS_MOUNT_LIST.",
        example="nodes@my-project-123.iam.gserviceaccount.com",
    )
    enable_notebook: bool = parameter(
        YesNo(),
        default=True,
        since="old tool, April 2023",
        help="Whether the image's Jupyter is made reachable. An image without one is no error.",
        example="no",
    )
    show_proxy_url: bool = parameter(
        YesNo(),
        default=True,
        help="Whether Create waits for each machine's Jupyter and shows its address.",
        example="no",
    )
    disable_ops_agent: bool = parameter(
        YesNo(),
        default=False,
        aliases={"ENABLE_OPS_AGENT": opposite},
        help="Whether Google Cloud's ops agent is left out. It is installed otherwise, in several tries, and a machine "
        "on which it can't be is ready all the same. The alias ENABLE_OPS_AGENT means the opposite.",
        example="true",
    )
