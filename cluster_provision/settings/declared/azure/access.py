"""Access to the machines on Azure."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.azure.lists import Cidrs
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.files import GivenFile, PlaceForFile
from cluster_provision.settings.ssh_keys import private_key, public_key

if TYPE_CHECKING:
    from pathlib import Path

Access = Literal["head", "private", "bastion"]
_ACCESS: tuple[Access, ...] = ("head", "private", "bastion")


@dataclass(frozen=True, kw_only=True)
class AzureAccessParameters:
    """Access."""

    access: Access = parameter(
        Choice(_ACCESS),
        default="private",
        default_text="head where ALLOWED_CIDRS is set, bastion with CONFIG_FILE, private otherwise",
        cloud="azure",
        since="0.1.0",
        help="head makes a load balancer with an address on the internet, which accepts ssh from ALLOWED_CIDRS to the "
        "head only; the head leads to the others. private makes none: only hosts of the virtual network, or of one "
        "joined to it, can reach the machines. bastion, with ORCHESTRATOR_TYPE=slurm, makes an Azure Bastion, which "
        "leads whoever has a role on it to the machines, and costs by the hour. A Slurm cluster's can be changed by "
        "Create, and no machine is made anew for it.",
        example="head",
    )
    allowed_cidrs: tuple[str, ...] = parameter(
        Cidrs(),
        default=(),
        default_text="unset: no access from outside",
        cloud="azure",
        since="0.1.0",
        help="The addresses that may use ssh: ranges separated by commas, such as your own address. The whole "
        "internet, 0.0.0.0/0, is included only if you name it.",
        example="203.0.113.7,198.51.100.0/24",
    )
    ssh_path: Path | None = parameter(
        GivenFile(
            "a public key for ssh, as ssh-keygen writes it to a file that ends with .pub",
            most=16 * 1024,
            check=public_key,
        ),
        default=None,
        default_text="a pair is made for the cluster, and its private half written to SSH_KEY_FILE",
        cloud="azure",
        help="The file with the public key that may log in, mounted into the container.",
        example="/keys/id_ed25519.pub",
    )
    ssh_private_key: Path | None = parameter(
        GivenFile("the private half of SSH_PATH's pair", most=64 * 1024, check=private_key),
        default=None,
        default_text="SSH_PATH without .pub, or SSH_KEY_FILE, if that file exists; ssh-agent is used too",
        cloud="azure",
        since="0.1.0",
        help="The private key with which the tool itself logs in for UpdateHosts, Gather, Run and Benchmark. The tool "
        "reads it and sends it nowhere.",
        example="/keys/id_ed25519",
    )
    ssh_key_file: Path | None = parameter(
        PlaceForFile("the private half of the pair, which only its owner can read"),
        default=None,
        default_text="unset: the private half is shown once, at a terminal alone; without one no pair is made",
        cloud="azure",
        since="0.1.0",
        help="Where the private half of a pair that the tool makes is written, once: without a terminal, Create needs "
        "this or SSH_PATH, since a key that is shown ends in logs. A file that is there already is "
        "never written over: its key is used. Not together with SSH_PATH.",
        example="/keys/my-cluster",
    )
