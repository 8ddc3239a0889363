"""How the tool reaches machines that exist already, and who they are."""

# ruff: noqa: RUF009 - parameter() returns a dataclass field
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cluster_provision.settings.parameter import parameter
from cluster_provision.settings.readers.choices import Choice
from cluster_provision.settings.readers.existing.machines import MOST_PORT
from cluster_provision.settings.readers.existing.ssh import SSH_PORT, HttpProxy, Jump, Proxy, SshJump
from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.readers.linux import USER_NAME
from cluster_provision.settings.readers.numbers import WholeNumber
from cluster_provision.settings.ssh_keys import private_key

if TYPE_CHECKING:
    from pathlib import Path

HostKeys = Literal["known", "accept-new"]
_HOST_KEYS: tuple[HostKeys, ...] = ("known", "accept-new")
_SMALL = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class ExistingAccessParameters:
    """Access."""

    ssh_user: str = parameter(
        USER_NAME,
        default="root",
        cloud="existing",
        since="0.1.0",
        help="The user as whom the tool logs in to the machines. Any but root needs sudo there.",
        example="ubuntu",
    )
    ssh_port: int = parameter(
        WholeNumber(1, MOST_PORT),
        default=SSH_PORT,
        cloud="existing",
        since="0.1.0",
        help="The port of ssh on the machines that have none of their own.",
        example="2222",
    )
    ssh_key_file: Path | None = parameter(
        GivenFile("a private key for ssh", most=_SMALL, check=private_key),
        default=None,
        default_text="unset: the keys of ssh-agent (SSH_AUTH_SOCK)",
        cloud="existing",
        aliases={"SSH_PRIVATE_KEY": None},
        help="The private key with which the tool logs in. The tool reads it and sends it nowhere.",
        example="/keys/id_ed25519",
    )
    ssh_password_file: Path | None = parameter(
        GivenFile("the password of SSH_USER, on one line", most=4096),
        default=None,
        cloud="existing",
        since="0.1.0",
        help="A file with the password with which the tool logs in where no key is accepted.",
        example="/keys/password",
    )
    sudo_password_file: Path | None = parameter(
        GivenFile("the password that sudo asks for, on one line", most=4096),
        default=None,
        default_text="unset: sudo must ask for none",
        cloud="existing",
        since="0.1.0",
        help="A file with the password that sudo asks SSH_USER for.",
        example="/keys/sudo-password",
    )
    ssh_jump: SshJump | None = parameter(
        Jump(),
        default=None,
        cloud="existing",
        since="0.1.0",
        help="A host through which the tool reaches the machines by ssh.",
        example="admin@gateway.example.org:2222",
    )
    ssh_proxy: HttpProxy | None = parameter(
        Proxy(),
        default=None,
        cloud="existing",
        since="0.1.0",
        help="An HTTP proxy through which the tool reaches the machines, or SSH_JUMP, by CONNECT.",
        example="http://proxy.example.org:3128",
    )
    ssh_known_hosts: Path | None = parameter(
        GivenFile("the machines' host keys, as in ~/.ssh/known_hosts"),
        default=None,
        cloud="existing",
        since="0.1.0",
        help="The keys by which the tool knows the machines. Without them, Create shows the machines' fingerprints and "
        "changes nothing, unless SSH_HOST_KEYS=accept-new.",
        example="/keys/known_hosts",
    )
    ssh_host_keys: HostKeys = parameter(
        Choice(_HOST_KEYS),
        default="known",
        cloud="existing",
        since="0.1.0",
        help="known accepts machines with the keys of SSH_KNOWN_HOSTS alone. accept-new also accepts a machine's key "
        "the first time, and keeps it with the cluster's state; another key later is refused.",
        example="accept-new",
    )
