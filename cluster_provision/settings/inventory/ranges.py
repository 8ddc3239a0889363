"""Expands host patterns as Ansible does: `n[01:10]`, `n[02:08:2]`, `rack[a:c]-cpu`, and a port after a colon.

The forms are those of ansible-core 2.19 (parsing/utils/addresses.py, plugins/inventory/__init__.py). Where Ansible
makes no host at all of a range that runs backwards, this is an error.
"""

from __future__ import annotations

import re
from string import ascii_letters

from cluster_provision.settings.reading import BadValue, shown

MOST_HOSTS = 10_000
_HOST_AND_PORT = re.compile(r"((?:[^:\[\]]|\[[^\]]*\])*):([0-9]{1,9})")
_ADDRESS_AND_PORT = re.compile(r"\[([0-9A-Fa-f.]*(?::[0-9A-Fa-f.]*){2,})\]:([0-9]{1,9})")
_RANGE = re.compile(r"\[([^\]]*)\]")


def hosts_of(pattern: str) -> tuple[list[str], int]:
    """Return the names that a pattern stands for, and the port beside it, 0 for none. Raises BadValue."""
    found = _ADDRESS_AND_PORT.fullmatch(pattern) or _HOST_AND_PORT.fullmatch(pattern)
    name, port = (found.group(1), int(found.group(2))) if found else (pattern, 0)
    if found and not 1 <= port <= 65535:
        raise BadValue(f"{shown(name)} has a port that is none; allowed are 1 to 65535")
    if name.count(":") > 1 and "[" not in name:
        return [name], port  # an IPv6 address
    if pattern.endswith(":") and pattern.count("[") == pattern.count("]"):
        raise BadValue(f"{shown(pattern)} ends with a colon, which is for a port")
    names = [name]
    while any("[" in each for each in names):
        names = [more for each in names for more in (_expanded(each) if "[" in each else [each])]
        if len(names) > MOST_HOSTS:
            raise BadValue(f"{shown(pattern)} stands for more than {MOST_HOSTS} hosts")
    if any("]" in each for each in names):
        raise BadValue(f"{shown(pattern)} has a ] without a [ before it")
    return names, port


def _expanded(name: str) -> list[str]:
    """Return the names of the first range."""
    found = _RANGE.search(name)
    if not found:
        raise BadValue(f"{shown(name)} has a [ without a ] after it; a range is written as in n[1:4]")
    head, tail = name[: found.start()], name[found.end() :]
    return [f"{head}{word}{tail}" for word in _words(found.group(1), name)]


def _words(inside: str, name: str) -> list[str]:
    bounds = inside.split(":")
    if len(bounds) not in (2, 3):
        raise BadValue(_no_range(inside, name))
    first, last = bounds[0] or "0", bounds[1]
    step = bounds[2] if len(bounds) == 3 else "1"
    if not last:
        raise BadValue(f"{shown(name)} has the range [{shown(inside)}] without an end")
    if not re.fullmatch("[1-9][0-9]{0,8}", step):
        raise BadValue(f"{shown(name)} has the range [{shown(inside)}], whose step is no number from 1")
    if len(first) == len(last) == 1 and first in ascii_letters and last in ascii_letters:
        begin, end = ascii_letters.index(first), ascii_letters.index(last)
        if begin > end:
            raise BadValue(_backwards(inside, name, first, last))
        return list(ascii_letters[begin : end + 1 : int(step)])
    if not re.fullmatch("[0-9]{1,9}", first) or not re.fullmatch("[0-9]{1,9}", last):
        raise BadValue(_no_range(inside, name))
    if first.startswith("0") and len(first) > 1 and len(first) != len(last):
        right = f"{first}:{last.zfill(len(first))}"
        raise BadValue(f"{shown(name)} has a range whose ends differ in length; write {_with(name, inside, right)}")
    if int(first) > int(last):
        raise BadValue(_backwards(inside, name, first, last))
    if (int(last) - int(first)) // int(step) >= MOST_HOSTS:
        raise BadValue(f"{shown(name)} stands for more than {MOST_HOSTS} hosts")
    width = len(first) if first.startswith("0") else 1
    return [str(number).zfill(width) for number in range(int(first), int(last) + 1, int(step))]


def _no_range(inside: str, name: str) -> str:
    slurms = re.fullmatch(r"([0-9A-Za-z]+)(?:-|\.\.\.?)([0-9A-Za-z]+)", inside)
    if slurms:
        right = _with(name, inside, f"{slurms.group(1)}:{slurms.group(2)}")
        return f"{shown(name)} has a range in another form than Ansible's; write {right}"
    if "," in inside:
        return f"{shown(name)} has a list in brackets, which Ansible has not; write one line a host or range"
    return f"{shown(name)} has the range [{shown(inside)}]; a range is written as in n[1:4] or n[a:c]"


def _backwards(inside: str, name: str, first: str, last: str) -> str:
    right = inside.replace(f"{first}:{last}", f"{last}:{first}", 1)
    return f"{shown(name)} has a range that runs backwards, of no host at all; write {_with(name, inside, right)}"


def _with(name: str, inside: str, right: str) -> str:
    return shown(name.replace(f"[{inside}]", f"[{right}]", 1))
