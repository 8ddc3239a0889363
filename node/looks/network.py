"""Interfaces, names, and what listens."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node.looks.reading import ROOT, output, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

LISTENING = "0A"  # the state TCP_LISTEN of /proc/net/tcp (include/net/tcp_states.h)


def interfaces() -> list[dict[str, Any]]:
    """Every interface but lo, with its addresses of any but link scope."""
    told = json.loads(str(output("ip", "-json", "address", "show")["out"]) or "[]")
    found = []
    for each in told:
        if each["ifname"] == "lo":
            continue
        name = each["ifname"]
        held = [a["local"] for a in each.get("addr_info", ()) if a.get("scope") != "link" and "local" in a]
        speed = None
        with contextlib.suppress(OSError, ValueError):
            speed = int(Path(f"{ROOT}/sys/class/net/{name}/speed").read_text())
        state = str(each.get("operstate", "")).lower()
        speed = speed if speed is not None and speed > 0 else None
        found.append({"name": name, "addresses": held, "state": state, "speed": speed})
    return found


def ssh_address() -> str:
    """The machine's own end of the connection (ssh(1), SSH_CONNECTION), which sudo keeps from us: a parent has it."""
    number = os.getpid()
    for _ in range(8):
        told = os.environ.get("SSH_CONNECTION", "") if number == os.getpid() else environment_of(number)
        if len(told.split()) == 4:
            return told.split()[2]
        parent = re.search(r"^PPid:\s+(\d+)", text_of_process(number, "status"), re.MULTILINE)
        if not parent or parent[1] in ("0", "1"):
            break
        number = int(parent[1])
    return ""


def environment_of(number: int) -> str:
    """SSH_CONNECTION of a process, empty where it has none."""
    found = re.search(r"(?:^|\0)SSH_CONNECTION=([^\0]*)", text_of_process(number, "environ"))
    return found[1] if found else ""


def text_of_process(number: int, name: str) -> str:
    """A file of a process, empty where it can't be read."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/{name}").read_text(encoding="utf-8", errors="replace")
    return ""


def listeners(ports: Iterable[int]) -> list[dict[str, Any]]:
    """What listens on the ports asked for, with the program where its process can be seen."""
    wanted = set(ports)
    found = []
    for name, width in (("tcp", 8), ("tcp6", 32)):
        for line in text_of(f"/proc/net/{name}").splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].rpartition(":")
            if fields[3] == LISTENING and int(port, 16) in wanted:
                told = {"port": int(port, 16), "address": spelt(address[:width]), "program": owner_of(fields[9])}
                found.append({**told, "protocol": "tcp"})
    return found


def spelt(address: str) -> str:
    """An address of /proc/net/tcp, whose 32-bit words are in the machine's own order."""
    raw = b"".join(int(address[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(address), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def owner_of(inode: str) -> str:
    """The program that has this socket open, empty where that can't be told."""
    for path in glob.iglob("/proc/[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(path) == f"socket:[{inode}]":
                return Path(path).parents[1].joinpath("comm").read_text().strip()
    return ""


def addresses_of(name: str) -> list[str]:
    """What the machine's resolver makes of a name; empty for nothing."""
    try:
        return sorted({str(each[4][0]) for each in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)})
    except OSError:
        return []
