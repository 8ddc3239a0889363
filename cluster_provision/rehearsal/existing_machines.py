"""Machines that exist already: which ones an env file names, and what leads this run to the rehearsal's."""

from __future__ import annotations

import base64
import ipaddress
import subprocess
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal.folder import writing_to
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import catalogue_of
from cluster_provision.settings.environment import read_environment
from cluster_provision.settings.reading import BadValue
from cluster_provision.settings.ssh_keys import private_key

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from pathlib import Path

    from cluster_provision.rehearsal.process import Up
    from cluster_provision.settings.existing.machines import GivenMachine

JUMP = "SSH_JUMP"  # it would lead past the door
KNOWN_HOSTS = "SSH_KNOWN_HOSTS"
KEY_FILE = "SSH_KEY_FILE"
PORT = 22


def named_machines(environ: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what the env file says about each of its machines, for the admin call `/expect`."""
    return [_described(each) for each in _settings(environ).machines]


def lead_to_machines(environ: MutableMapping[str, str], up: Up, folder: Path) -> None:
    """Have the run log in through the door, with a key that the rehearsal's machines accept.

    A file of host keys is replaced by one with those of the rehearsal's machines; `folder` holds it. Without one, the
    run meets machines that it doesn't know yet, as it would in life.
    """
    environ.pop(JUMP, None)
    environ["SSH_PROXY"] = up.proxy_url
    settings = _settings(environ)
    if settings.ssh_jump is not None:
        environ[JUMP] = "none"  # the inventory's
    machines = tuple(settings.machines)
    if any(not each.key_file and not each.password for each in machines):
        environ[KEY_FILE] = str(up.key)
    if read_environment(environ, catalogue_of(environ)).given.get(KNOWN_HOSTS.lower()):
        with writing_to(folder):
            (folder / "known_hosts").write_text(_known_hosts(machines, up), encoding="utf-8")
        environ[KNOWN_HOSTS] = str(folder / "known_hosts")


def _settings(environ: Mapping[str, str]) -> Any:
    return load(environ, "Status").settings


def _described(machine: GivenMachine) -> dict[str, Any]:
    known_as = [*machine.aliases, *([] if _is_ip(machine.address) else [machine.address])]
    return {
        "name": machine.name,
        "names": known_as,
        "address": machine.address if _is_ip(machine.address) else "",
        "port": machine.port,
        "user": machine.user,
        "keys": _keys(machine),
        "password": _hashed(machine.password or machine.sudo_password),
        "sudo_asks": bool(machine.sudo_password),
    }


def _keys(machine: GivenMachine) -> list[str] | None:
    """Return the keys that the machine accepts; None: the rehearsal's own."""
    if machine.key_file:
        return list(filter(None, [_public_half(machine.key_file)]))
    return [] if machine.password else None


def _hashed(password: str) -> str:
    """Return a password as shadow(5) has it; empty for none. The password itself goes nowhere.

    Raises MachineError without OpenSSL, whose program alone makes such a hash on every Python.
    """
    if not password:
        return ""
    try:
        made = subprocess.run(
            ["openssl", "passwd", "-6", "-stdin"], input=f"{password}\n", capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as failure:
        raise MachineError(
            f"the rehearsal's machines can't be given a password: openssl: {failure}",
            "Install openssl, or log in with a key: SSH_KEY_FILE.",
        ) from None
    return made.stdout.strip()


def _is_ip(address: str) -> bool:
    try:
        return bool(ipaddress.ip_address(address))
    except ValueError:
        return False


def _public_half(file: Path) -> str:
    """Return the line that lets the key's owner in; empty where the file doesn't show it."""
    try:
        text = file.read_text(encoding="utf-8")
        public = private_key(text).public
        if public:
            data = base64.b64decode(public)
            return f"{data[4 : 4 + int.from_bytes(data[:4])].decode()} {public}"
        import asyncssh

        return asyncssh.import_private_key(text).export_public_key().decode().strip()
    except (OSError, ValueError, BadValue):  # asyncssh's own errors of keys are ValueErrors
        return ""


def _known_hosts(machines: tuple[GivenMachine, ...], up: Up) -> str:
    keys = {each["name"]: each["host_key"] for each in up.ask("GET", "/machines")["machines"]}
    lines = [
        f"{name if machine.port == PORT else f'[{name}]:{machine.port}'} {keys[machine.name]}\n"
        for machine in machines
        if machine.name in keys
        for name in dict.fromkeys((machine.name, *machine.aliases, machine.address))
    ]
    return "".join(lines)
