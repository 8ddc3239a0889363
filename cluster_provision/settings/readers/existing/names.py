"""Reads names and addresses of machines."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address

from cluster_provision.settings.reading import BadValue

# RFC 1123, section 2.1.
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
LONGEST_NAME = 253
LONGEST_PART = 63
# NodeName=DEFAULT and Nodes=ALL have meanings of their own in slurm.conf(5); localhost is another machine everywhere.
_RESERVED = {
    "all": "Slurm uses this word for all nodes",
    "default": "Slurm uses this word for what nodes have in common",
    "localhost": "each machine means itself by it",
}


def machine_name(text: str) -> str:
    """Return the name of a machine, short or full, as it is written. Raises BadValue."""
    if is_address(text):
        raise BadValue(f"is an address; give the machine a name too, such as node1={text}")
    if len(text) > LONGEST_NAME or not re.fullmatch(f"{_LABEL}([.]{_LABEL})*", text):
        if any(len(part) > LONGEST_PART for part in text.split(".")):
            raise BadValue(f"is no host's name: a part of one has at most {LONGEST_PART} characters")
        if "_" in text:
            raise BadValue("is no host's name: an underscore can't stand in one")
        raise BadValue("is no host's name: allowed are letters, digits and hyphens, with points between its parts")
    short = short_name(text)
    if short.isdigit():
        raise BadValue("is a number, not a host's name: list the machines by their names, such as node[1-4]")
    if short in _RESERVED:
        raise BadValue(f"can't be a machine's name: {_RESERVED[short]}")
    return text


def short_name(name: str) -> str:
    """Return the name that a machine has in Slurm: up to the first point, in lower case."""
    return name.partition(".")[0].lower()


def machine_address(text: str) -> str:
    """Return an IP address or a host's name, at which the other machines reach this one. Raises BadValue."""
    if "%" in text and _is_ipv6(text.partition("%")[0]):
        raise BadValue(
            f"is valid on one machine only (it has the scope {text[text.index('%') :]}); give an address that the "
            "other machines reach"
        )
    if is_address(text):
        _refuse_local(text)
    elif short_name(text) == "localhost":
        raise BadValue("means each machine itself; give an address that the other machines reach")
    return host_address(text)


def host_address(text: str) -> str:
    """Return an IP address or a host's name. Raises BadValue."""
    if is_address(text):
        return text
    if re.fullmatch("[0-9.]+", text):
        raise BadValue("is no address: an IPv4 address has four numbers up to 255")
    if len(text) > LONGEST_NAME or not re.fullmatch(f"{_LABEL}([.]{_LABEL})*", text):
        raise BadValue("is neither an IP address nor a host's name")
    return text


def is_address(text: str) -> bool:
    """Whether it is an IP address, without brackets."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True


def _refuse_local(text: str) -> None:
    address = ip_address(text)
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        raise BadValue("is no address at which other machines reach this one")
    if isinstance(address, IPv6Address) and address.is_link_local:
        raise BadValue("is valid on one machine only (link-local); give an address that the other machines reach")
    if isinstance(address, IPv4Address) and address == IPv4Address("255.255.255.255"):
        raise BadValue("is no address at which other machines reach this one")
