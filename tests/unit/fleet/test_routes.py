"""Hosts that each have an address of their own: straight, through a jump host, through an HTTP proxy."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncssh
import pytest

from cluster_provision.errors import HostKeyMismatch, KeyRefused, Unreachable
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.held import HeldConnections
from cluster_provision.fleet.host_keys import known_keys, show_keys
from cluster_provision.fleet.model import Fleet, Keys, Route
from cluster_provision.fleet.run import run_everywhere
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.model import Host
    from tests.unit.fleet.kit import Farm


@contextmanager
def http_proxy(answer: bytes = b"") -> Iterator[tuple[str, list[bytes]]]:
    """A proxy that knows CONNECT, or gives `answer`; yields its address and the requests that it got."""
    asked: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return

    def serve(link: socket.socket) -> None:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            request += link.recv(1)
        asked.append(request)
        if answer:
            link.sendall(answer)
            link.close()
            return
        host, _, port = request.split()[1].decode().rpartition(":")
        other = socket.create_connection((host, int(port)))
        link.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for pair in ((link, other), (other, link)):
            threading.Thread(target=pump, args=pair, daemon=True).start()

    def accept() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(link,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    finally:
        listener.close()


def routed(farm: Farm, route: Route) -> Fleet:
    return replace(farm.fleet(), route=route)


def codes(fleet: Fleet) -> list[int | None]:
    return [ended.exit_code for ended in run_everywhere(fleet, "true", Heard())]


def test_each_host_of_a_route_is_reached_at_its_own_address(farm: Farm) -> None:
    head, *_ = farm.add_many("n-0", "n-1", "n-2")
    assert codes(routed(farm, Route())) == [0, 0, 0]
    assert head.forwarded == []


def test_one_host_that_is_gone_does_not_hide_the_others(farm: Farm) -> None:
    head, _ = farm.add_many("n-0", "n-1")
    farm.stop(head)
    gone, there = run_everywhere(routed(farm, Route()), "true", Heard())
    assert there.exit_code == 0
    assert isinstance(gone.error, Unreachable)
    assert "SSH_PORT" in gone.error.advice
    assert "ALLOWED_CIDRS" not in gone.error.advice


def test_a_jump_host_leads_to_every_host(farm: Farm) -> None:
    machines = farm.add_many("n-0", "n-1")
    jump = farm.add("jump")
    fleet = replace(farm.fleet(*machines), route=Route(jump=jump.host))
    assert codes(fleet) == [0, 0]
    assert sorted(jump.forwarded) == sorted((each.address, each.port) for each in machines)


def test_without_the_jump_host_nothing_is_reached(farm: Farm) -> None:
    machine, jump = farm.add_many("n-0", "jump")
    farm.stop(jump)
    with pytest.raises(Unreachable, match="jump does not answer"):
        codes(replace(farm.fleet(machine), route=Route(jump=jump.host)))


def test_a_proxy_leads_to_every_host_by_connect(farm: Farm) -> None:
    machines = farm.add_many("n-0", "n-1")
    with http_proxy() as (address, asked):
        assert codes(routed(farm, Route(proxy=address))) == [0, 0]
    wanted = {f"CONNECT {each.address}:{each.port} HTTP/1.1".encode() for each in machines}
    assert {request.partition(b"\r\n")[0] for request in asked} == wanted


def test_what_a_proxy_says_when_it_refuses_is_told(farm: Farm) -> None:
    farm.add("n-0")
    with http_proxy(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as (address, _):
        (ended,) = run_everywhere(routed(farm, Route(proxy=address)), "true", Heard())
    assert isinstance(ended.error, Unreachable)
    assert "407 Proxy Authentication Required" in ended.error.message


def test_each_host_can_have_a_user_and_a_key_file_of_its_own(farm: Farm) -> None:
    machine = farm.add("n-0")
    path = farm.folder / "own key"
    path.write_bytes(farm.user_key.export_private_key("openssh"))
    host = replace(machine.host, key_file=path, user="azureuser")
    fleet = replace(farm.fleet(keys=Keys()), hosts=(host,), head=host, user="somebody", route=Route())
    assert codes(fleet) == [0]


def test_a_host_with_no_key_that_fits_names_the_settings_of_machines_that_exist(farm: Farm) -> None:
    farm.add("n-0")
    other = asyncssh.generate_private_key("ssh-ed25519").export_private_key("openssh")
    fleet = replace(farm.fleet(keys=Keys(private=other)), route=Route())
    (ended,) = run_everywhere(fleet, "true", Heard())
    assert isinstance(ended.error, KeyRefused)
    assert "SSH_KEY_FILE" in ended.error.advice


def test_another_host_key_is_never_talked_to(farm: Farm) -> None:
    machine = farm.add("n-0")
    wrong = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    host = replace(machine.host, host_keys=(wrong,))
    fleet = replace(farm.fleet(), hosts=(host,), head=host, route=Route())
    (ended,) = run_everywhere(fleet, "true", Heard())
    assert isinstance(ended.error, HostKeyMismatch)
    assert machine.logins == []


def test_held_connections_sign_in_once_for_many_commands(farm: Farm) -> None:
    machines = farm.add_many("n-0", "n-1")

    async def name(connection: SSHClientConnection, host: Host) -> str:
        return (await ask(connection, "echo $NODE_NAME")).required(host.name).strip()

    held = HeldConnections(routed(farm, Route()))
    try:
        assert [o.value for o in held.on_each([m.host for m in machines], name)] == ["n-0", "n-1"]
        once = [list(m.logins) for m in machines]
        for _ in range(3):
            assert [o.value for o in held.on_each([m.host for m in machines], name)] == ["n-0", "n-1"]
    finally:
        held.close()
    assert [m.logins for m in machines] == once


def test_held_connections_come_back_after_one_broke(farm: Farm) -> None:
    machine = farm.add("n-0")

    async def nothing(connection: SSHClientConnection, host: Host) -> int:
        return (await ask(connection, "true")).exit_code

    held = HeldConnections(routed(farm, Route()))
    try:
        assert held.on_each([machine.host], nothing)[0].value == 0
        farm.cut(machine)
        assert isinstance(held.on_each([machine.host], nothing)[0].error, Unreachable)
        farm.start(machine)
        assert held.on_each([machine.host], nothing)[0].value == 0
    finally:
        held.close()


def test_a_host_shows_its_key_to_whom_it_does_not_know(farm: Farm) -> None:
    machine = farm.add("n-0")
    gone = farm.add("n-1")
    farm.stop(gone)
    held = HeldConnections(routed(farm, Route()))
    try:
        first, second = held.run(lambda through: show_keys([machine.host, gone.host], Route(), through, 5.0))
    finally:
        held.close()
    assert first.line == " ".join(machine.key.export_public_key().decode().split()[:2])
    assert first.fingerprint == machine.key.get_fingerprint()
    assert isinstance(second.error, Unreachable)
    assert machine.logins == []


def test_known_hosts_are_found_by_name_by_address_and_by_port() -> None:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    key = " ".join(key.split()[:2])
    text = f"# ours\nn-0,n-0.example.org {key} comment\n10.0.0.2 {key}\n[10.0.0.3]:2222 {key}\n"
    assert known_keys(text, ("n-0",), "10.0.0.1", 22) == (key,)
    assert known_keys(text, ("n-1",), "10.0.0.2", 22) == (key,)
    assert known_keys(text, ("n-2",), "10.0.0.3", 2222) == (key,)
    assert known_keys(text, ("n-2",), "10.0.0.3", 22) == ()
    assert known_keys("", ("n-0",), "10.0.0.1", 22) == ()
