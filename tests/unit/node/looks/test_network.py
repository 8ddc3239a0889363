"""Interfaces, addresses and what listens."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from node.looks.network import addresses_of, interfaces, listeners, spelt, ssh_address

if TYPE_CHECKING:
    from tests.unit.node.looks.conftest import Machine

TABLE = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(address: str, port: int, state: str = "0A", inode: int = 999999999) -> str:
    return f"   0: {address}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 0 0 {inode} 1\n"


def test_interfaces_have_addresses_but_those_of_the_link(machine: Machine) -> None:
    told = [
        {"ifname": "lo", "operstate": "UNKNOWN", "addr_info": [{"local": "127.0.0.1", "scope": "host"}]},
        {
            "ifname": "ib0",
            "operstate": "UP",
            "addr_info": [{"local": "10.1.0.5", "scope": "global"}, {"local": "fe80::1", "scope": "link"}, {}],
        },
        {"ifname": "eth1", "operstate": "DOWN", "addr_info": []},
    ]
    machine.says["ip"] = (0, json.dumps(told))
    machine.write("/sys/class/net/ib0/speed", "400000\n")
    machine.write("/sys/class/net/eth1/speed", "-1\n")
    assert interfaces() == [
        {"name": "ib0", "addresses": ["10.1.0.5"], "state": "up", "speed": 400000},
        {"name": "eth1", "addresses": [], "state": "down", "speed": None},
    ]


def test_without_ip_there_is_no_interface_to_tell_of(machine: Machine) -> None:
    assert interfaces() == []


def test_the_machines_own_end_of_the_connection_is_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.9 50022 10.0.0.5 22")
    assert ssh_address() == "10.0.0.5"


@pytest.mark.skipif(sys.byteorder != "little", reason="the kernel's tables have the processor's order")
@pytest.mark.parametrize(
    ("raw", "address"),
    [("0100007F", "127.0.0.1"), ("00000000", "0.0.0.0"), ("00000000000000000000000001000000", "::1")],  # noqa: S104
)
def test_addresses_of_the_kernels_tables(raw: str, address: str) -> None:
    assert spelt(raw) == address


def test_only_what_listens_on_the_ports_asked_for_is_told(machine: Machine) -> None:
    machine.write("/proc/net/tcp", TABLE + row("00000000", 6817) + row("00000000", 22) + row("00000000", 6818, "01"))
    machine.write("/proc/net/tcp6", TABLE + row("0" * 32, 6819))
    found = listeners([6817, 6818, 6819])
    assert [(each["port"], each["address"], each["program"]) for each in found] == [
        (6817, "0.0.0.0", ""),  # noqa: S104
        (6819, "::", ""),
    ]


def test_a_name_that_nobody_knows_has_no_address() -> None:
    assert addresses_of("no-such-name.invalid") == []


def test_a_name_of_the_machines_own_has_its_addresses() -> None:
    assert set(addresses_of("localhost")) & {"127.0.0.1", "::1"}
