"""How the hosts of an inventory are reached: names, addresses, users, ports, keys and passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.settings.existing.guide.ssh_arguments import VARIABLES, SshArguments, ssh_arguments
from cluster_provision.settings.existing.guide.values import Value
from cluster_provision.settings.inventory.secrets import is_placeholder
from cluster_provision.settings.readers.existing.names import is_address, machine_address, machine_name, short_name
from cluster_provision.settings.readers.linux import USER_NAME
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from cluster_provision.settings.existing.guide.values import Values
    from cluster_provision.settings.inventory import Host
    from cluster_provision.settings.readers.existing.ssh import SshJump

ADDRESS = ("ansible_host", "ansible_ssh_host")
USER = ("ansible_user", "ansible_ssh_user")
PORT = ("ansible_port", "ansible_ssh_port")
KEY = ("ansible_ssh_private_key_file", "ansible_private_key_file")
PASSWORD = ("ansible_password", "ansible_ssh_pass", "ansible_ssh_password")
SUDO_PASSWORD = ("ansible_become_password", "ansible_become_pass", "ansible_sudo_pass")
_CONNECTIONS = ("ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh")
_RANGE = re.compile(r"\[([0-9A-Za-z]+)[:-]([0-9A-Za-z]+)(?::[0-9]+)?\]")


@dataclass(frozen=True)
class FoundMachine:
    """A machine of an inventory. What isn't given is empty, the port 0; `key_file` is a path as it is written."""

    name: str
    address: str
    user: str = ""
    port: int = 0
    key_file: str = ""
    password: str = field(default="", repr=False)
    sudo_password: str = field(default="", repr=False)
    aliases: tuple[str, ...] = ()
    jump: SshJump | None = None


def machine_of(host: Host, values: Values) -> FoundMachine | None:
    """Return how a host is reached; None, with the problem, where it can't be."""
    name_is_good = check_name(host, values)
    _check_ways(host, values)
    user_of_address, address = _address(host, values)
    arguments = _arguments(host, values)
    user = _user(host, values, arguments) or user_of_address
    port = _port(host, values, arguments)
    key = values.of(host, *KEY)
    machine = FoundMachine(
        name=short_name(host.name),
        address=address,
        user=user,
        port=port,
        key_file=(key.text if key else "") or arguments.key_file,
        password=_password(host, values, PASSWORD, "SSH_PASSWORD_FILE"),
        sudo_password=_password(host, values, SUDO_PASSWORD, "SUDO_PASSWORD_FILE"),
        aliases=(host.name.lower(),) if host.name.lower() != short_name(host.name) else (),
        jump=arguments.jump,
    )
    return machine if name_is_good and address else None


def check_name(host: Host, values: Values) -> bool:
    """Add a problem where the host's name can't be a machine's."""
    try:
        machine_name(host.name)
    except BadValue as bad:
        advice = ""
        if is_address(host.name):
            values.findings.problem(host.place, f"{host.name} is an address; write node1 ansible_host={host.name}")
            return False
        braces = re.fullmatch(r"(.*)\{(\w+)\.\.(\w+)\}(.*)", host.name)
        user, at, rest = host.name.rpartition("@")
        if braces:
            advice = "; write {}[{}:{}]{}".format(*braces.groups())
        elif at:
            advice = f"; write {shown(rest)} ansible_user={shown(user)}"
        elif not host.name.isprintable():
            advice = ": it holds a character that can't be seen, such as a blank of another kind; type the line again"
        elif "_" in host.name:
            advice = f"; write {shown(host.name.replace('_', '-'))}"
        values.findings.problem(host.place, f"{shown(host.name)} {bad}{advice}")
        return False
    return True


def _address(host: Host, values: Values) -> tuple[str, str]:
    """Return the user within the address, and the address; that is empty, with the problem, where it is bad."""
    given = values.of(host, *ADDRESS)
    if given is None:
        # what can't be worked out is a problem already; without a variable the name is the address
        return "", "" if any(name in host.variables for name in ADDRESS) else host.name
    if not given.text.strip():
        values.findings.problem(
            given.place, f"{given.name} is empty; leave it out where the name is the address", host.name
        )
        return "", ""
    user, at, address = given.text.strip().rpartition("@")
    read = re.fullmatch(r"\[([0-9A-Fa-f:.]+(?:%[^]]*)?)\]", address)
    address = read.group(1) if read else address
    try:
        if at:
            USER_NAME.read(user)
        if _RANGE.search(address):
            _refuse_range(host, values, given)
            return "", ""
        if re.fullmatch(r"(?:[0-9.]+|[A-Za-z0-9.-]+|\[.*\]):[0-9]+", address):
            raise BadValue("has a port; write that as ansible_port")
        return user, machine_address(address)
    except BadValue as bad:
        values.findings.problem(given.place, f"{given.name}={shown(given.text)} {bad}", host.name)
        return "", ""


def _refuse_range(host: Host, values: Values, given: Value) -> None:
    first = _RANGE.sub(lambda found: found.group(1), given.text)
    values.findings.problem(
        given.place,
        f"{given.name}={shown(given.text)} holds a range, which Ansible doesn't expand in a value, so that all hosts "
        f"would have this one text as their address; write one line a host, the first with {given.name}={shown(first)}",
        host.name,
    )


def _arguments(host: Host, values: Values) -> SshArguments:
    """Return what the arguments for ssh say of the way to a host; what isn't taken is noted."""
    whole = SshArguments()
    for name in VARIABLES:
        given = values.of(host, name)
        if given is None:
            continue
        try:
            found = ssh_arguments(given.text)
        except BadValue as bad:
            values.findings.problem(given.place, f"{name} {bad}", host.name)
            continue
        whole.jump = whole.jump or found.jump
        whole.user, whole.port = whole.user or found.user, whole.port or found.port
        whole.key_file = whole.key_file or found.key_file
        if advice := found.advice():
            values.findings.note(given.place, f"{name}: {advice}", host.name)
    return whole


def _user(host: Host, values: Values, arguments: SshArguments) -> str:
    given = _of_variable_or(values.of(host, *USER), arguments.user, host)
    if given is None or not given.text:
        return ""  # as for Ansible, an empty one is none
    try:
        return USER_NAME.read(given.text)
    except BadValue as bad:
        hint = " (in a section of variables, a # and what follows belong to the value)" if "#" in given.text else ""
        values.findings.problem(given.place, f"{given.name}={shown(given.text)} {bad}{hint}", host.name)
        return ""


def _port(host: Host, values: Values, arguments: SshArguments) -> int:
    given = _of_variable_or(values.of(host, *PORT), arguments.port, host)
    if given is None:
        return 0
    if isinstance(given.value, bool) or not re.fullmatch("[0-9]{1,5}", given.text.strip()):
        values.findings.problem(given.place, f"{given.name}={shown(given.text)} is no port", host.name)
        return 0
    port = int(given.text)
    if not 1 <= port <= 65535:
        values.findings.problem(given.place, f"{given.name}={port} is no port; allowed are 1 to 65535", host.name)
    return port


def _of_variable_or(given: Value | None, argument: str, host: Host) -> Value | None:
    """Return a variable's value, else an argument's for ssh: Ansible gives ssh the variable's before it."""
    if (given is None or given.text == "") and argument:
        name, place = next((each, host.variables[each].place) for each in VARIABLES if each in host.variables)
        return Value(name, place, argument)
    return given


def _password(host: Host, values: Values, names: tuple[str, ...], setting: str) -> str:
    given = values.of(host, *names, secret=setting)
    if given is None or given.value is None or given.text == "":
        return ""
    if is_placeholder(given.text):
        text = (
            f"{given.name} holds a placeholder, which is never used: {setting} holds the password, where one is needed"
        )
        values.findings.note(given.place, text, host.name)
        return ""
    if any(not character.isprintable() for character in given.text):
        text = f"{given.name} holds a line's end or another character that no password has: write it to {setting}"
        values.findings.problem(given.place, text, host.name)
        return ""
    return given.text


def _check_ways(host: Host, values: Values) -> None:
    """Name what an inventory says of the way to a host, and the tool does otherwise."""
    for name, goods, text in (
        ("ansible_become_method", ("sudo", "ansible.builtin.sudo"), "the tool uses sudo"),
        ("ansible_become_user", ("root",), "the tool becomes root"),
    ):
        given = values.of(host, name)
        if given is not None and given.text not in goods:
            values.findings.note(given.place, f"{name}={shown(given.text)} is ignored: {text}", host.name)
    if "ansible_become" in host.variables and not values.is_true(host, "ansible_become", default=True):
        place = host.variables["ansible_become"].place
        values.findings.note(place, "ansible_become is ignored: any user but root needs sudo", host.name)
    python = values.of(host, "ansible_python_interpreter")
    if python is not None:
        text = f"ansible_python_interpreter={shown(python.text)} is ignored: the tool uses python3, 3.9 or later"
        values.findings.note(python.place, text, host.name)
    connection = values.of(host, "ansible_connection")
    if connection is not None and connection.text not in _CONNECTIONS:
        text = f"ansible_connection={shown(connection.text)} is another way than ssh, by which all are reached"
        values.findings.problem(connection.place, f"{text}; remove it, and give the machine's address", host.name)
