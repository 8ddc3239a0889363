"""Who may log in to the machines: the user's public key, or a pair that the tool makes once for a cluster.

A pair's private half is handed over and kept nowhere: neither in Terraform's state, its variables, a log, nor uploads.
The public half is in the scale set, where later runs find it again. Azure takes RSA keys of 2,048 bits or more, and
ed25519: https://learn.microsoft.com/azure/virtual-machines/linux/mac-create-ssh-keys (read 2026-11-25).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cluster_provision.container import ends_with_the_container
from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.settings import AzureSettings


@dataclass(frozen=True)
class Pair:
    """`public` is one line of an authorized_keys file. `private` is the other half in OpenSSH's form, where this run
    has it; `made` says that this run made the pair."""

    public: str
    private: bytes | None = field(default=None, repr=False)
    made: bool = False


def pair_of(settings: AzureSettings, standing: str) -> Pair:
    """The cluster's keys, where `standing` is the public key of the scale set that there is, empty for none.

    SSH_PATH's wins, then SSH_KEY_FILE's where it was written before, then what the scale set has; else a new pair.
    Raises SettingsError where SSH_KEY_FILE holds something else.
    """
    if settings.ssh_public_key:
        return _as_standing(Pair(settings.ssh_public_key), standing)
    file = settings.ssh_key_file
    if file is not None and file.exists():
        return _as_standing(_kept(file), standing)
    return Pair(standing) if standing else new_pair(settings.name_prefix)


def _as_standing(pair: Pair, standing: str) -> Pair:
    """The same key with another comment is no change."""
    return replace(pair, public=standing) if standing.split()[:2] == pair.public.split()[:2] else pair


def new_pair(name: str) -> Pair:
    """A pair of ed25519 keys for the cluster of this name."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return Pair(f"{public} {name}", private, made=True)


def unseen(pair: Pair, settings: AzureSettings) -> SettingsError | None:
    """The error of a new pair without a terminal: its private half would be shown where logs are kept. None where no
    pair is made, or SSH_KEY_FILE says where that half goes."""
    if not pair.made or settings.ssh_key_file is not None:
        return None
    return SettingsError(
        (
            "SSH_PATH and SSH_KEY_FILE are unset: a key pair would be made for the machines, and there is no terminal "
            "that shows its private half to you alone, but an output that may be kept as a log",
        ),
        "Set one of the two. SSH_PATH: the file with your own public key, such as SSH_PATH=/keys/id_ed25519.pub with "
        "docker run -v ~/.ssh:/keys:ro. SSH_KEY_FILE: the file that the private half is written to, such as "
        f"SSH_KEY_FILE=/keys/{settings.name_prefix} with docker run -v ~/.ssh:/keys. Or run Create once at a terminal "
        "(docker run -it). Nothing was changed.",
        where="",
    )


def goes_with_the_container(settings: AzureSettings) -> str:
    """A warning where SSH_KEY_FILE is of this container alone; empty elsewhere."""
    file = settings.ssh_key_file
    if file is None or not ends_with_the_container(file.absolute().parent):
        return ""
    return (
        f"Warning: SSH_KEY_FILE={file} is in this container alone, and goes with it: name a file in a folder that is "
        "mounted (docker run -v ~/.ssh:/keys), or copy it out before the container is removed (docker cp)"
    )


def hand_over(pair: Pair, settings: AzureSettings) -> bool:
    """Write a new pair's private half to SSH_KEY_FILE, readable by its owner alone; False where none is named, and the
    result has to show it. Raises SettingsError where it can't be written."""
    file = settings.ssh_key_file
    if file is None or pair.private is None:
        return False
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(pair.private)
        except OSError:
            file.unlink()  # half a key would be in the way of the next run
            raise
    except OSError as failure:
        raise SettingsError(
            (f"SSH_KEY_FILE={file} can't be written: {failure.strerror}",),
            "Name a file in a folder that is mounted and may be written to; nothing was changed.",
        ) from None
    return True


def _kept(file: Path) -> Pair:
    """What an earlier run wrote, or the user has put there."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

    _refuse_anothers(file)
    try:
        private = file.read_bytes()
        key = load_ssh_private_key(private, password=None)
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    except (OSError, ValueError, TypeError) as failure:
        raise SettingsError(
            (f"SSH_KEY_FILE={file} is there already, and holds no private key that can be used: {failure}",),
            "Name a file that isn't there yet, or one that a Create of this cluster has written; nothing was changed.",
        ) from None
    return Pair(f"{public} {file.name}", private)


def _refuse_anothers(file: Path) -> None:
    """In a folder that everybody may write to, such as /tmp, a key may have been put there by somebody else."""
    try:
        owner, folder = file.stat().st_uid, file.parent.stat()
    except OSError:
        return  # reading it tells why
    if folder.st_mode & 0o002 and owner != os.geteuid():
        raise SettingsError(
            (f"SSH_KEY_FILE={file} is another user's (number {owner}), in a folder that everybody may write to",),
            "Name a file in a folder of your own; nothing was changed.",
        )
