"""Ports here lead to ports of machines, and standard input and output to a machine's sshd."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from cluster_provision.errors import KeyRefused, MachineError, Unreachable
from cluster_provision.fleet import connections, ports
from cluster_provision.fleet.model import Endpoint, Keys, Relayed
from cluster_provision.fleet.ports import carry_to_sshd, listen
from cluster_provision.fleet.run import run_everywhere
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.fleet.model import Fleet, Host
    from tests.unit.fleet.kit import Farm

SECONDS = 20


@contextmanager
def service(answer: bytes) -> Iterator[int]:
    """A program that listens on the machines' loopback, which is this machine's, and says `answer` to each."""
    listener = socket.create_server(("localhost", 0))

    def serve() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                link.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


def heard_through(fleet: Fleet, host: Host, port: int) -> bytes:
    """What the service at `port` of the host says through a tunnel."""

    async def hear() -> bytes:
        begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        tunnel = asyncio.ensure_future(listen(fleet, host, port, ("127.0.0.1", 0), begun.set_result))
        async with asyncio.timeout(SECONDS):
            await asyncio.wait((begun, tunnel), return_when=asyncio.FIRST_COMPLETED)
            if tunnel.done():
                await tunnel
            reader, writer = await asyncio.open_connection("127.0.0.1", await begun)
            said = await reader.read()
        writer.close()
        tunnel.cancel()
        return said

    return asyncio.run(hear())


def test_a_port_here_leads_to_a_nodes_own_loopback(farm: Farm) -> None:
    farm.add_many("head", "node")
    fleet = farm.fleet()
    with service(b"hello") as port:
        assert heard_through(fleet, fleet.hosts[1], port) == b"hello"
        assert farm.machines[1].forwarded == [("localhost", port)]


def test_a_port_that_is_taken_is_told(farm: Farm) -> None:
    fleet = farm.fleet(*farm.add_many("head"))
    with service(b"") as taken, pytest.raises(MachineError, match=f"nothing can listen at 127.0.0.1 port {taken}"):
        asyncio.run(listen(fleet, fleet.head, 80, ("127.0.0.1", taken), lambda _: None))


def client_over(fleet: Fleet, host: Host, farm: Farm, monkeypatch: pytest.MonkeyPatch) -> str:
    """What an SSH client is told that has standard input and output as its way."""
    ours, stdin, stdout, theirs = *os.pipe(), *os.pipe()
    monkeypatch.setattr(ports, "STDIN", ours)
    monkeypatch.setattr(ports, "STDOUT", theirs)
    near, far = socket.socketpair()

    def pump(read: Any, write: Any, end: Any) -> None:
        while said := read():
            write(said)
        end()

    for way in (
        (lambda: far.recv(65536), lambda said: os.write(stdin, said), lambda: os.close(stdin)),
        (lambda: os.read(stdout, 65536), far.sendall, far.close),
    ):
        threading.Thread(target=pump, args=way, daemon=True).start()

    async def ask() -> str:
        carrying = asyncio.ensure_future(carry_to_sshd(fleet, host))
        near.setblocking(False)
        async with asyncio.timeout(SECONDS):
            client = asyncssh.connect(
                "head", sock=near, username=fleet.user, client_keys=[farm.user_key], known_hosts=None, config=None
            )
            async with client as connection:
                done = await connection.run("echo here")
            await carrying
        os.close(theirs)
        return str(done.stdout).strip()

    return asyncio.run(ask())


@pytest.mark.parametrize("place", [0, 1], ids=["the head", "a node through the head"])
def test_standard_input_and_output_lead_to_a_machines_sshd(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    farm.add_many("head", "node")
    fleet = farm.fleet()
    assert client_over(fleet, fleet.hosts[place], farm, monkeypatch) == "here"
    assert len(farm.machines[0].forwarded) == place


def test_the_heads_sshd_needs_no_key_of_the_tools(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.add_many("head")
    fleet = farm.fleet()
    client_over(replace(fleet, keys=Keys()), fleet.head, farm, monkeypatch)
    assert set(farm.machines[0].logins) == {"azureuser in"}


def test_a_machine_that_does_not_answer_is_named(farm: Farm) -> None:
    machine = farm.add("head")
    fleet = farm.fleet()
    farm.stop(machine)
    with pytest.raises(Unreachable, match="head does not answer"):
        asyncio.run(carry_to_sshd(fleet, fleet.head))


def relayed(farm: Farm, asked: list[tuple[str, int]]) -> Fleet:
    """The farm behind a relay, with an endpoint that leads nowhere."""

    async def dial(host: Host, port: int) -> socket.socket:
        asked.append((host.name, port))
        link = socket.create_connection((host.address, host.port))
        link.setblocking(False)
        return link

    fleet = farm.fleet()
    return replace(fleet, endpoint=Endpoint("192.0.2.1"), relay=Relayed("a relay", dial))


def test_behind_a_relay_the_head_is_dialled_and_leads_to_the_others(farm: Farm) -> None:
    farm.add_many("head", "node")
    asked: list[tuple[str, int]] = []
    ended = run_everywhere(relayed(farm, asked), "hostname", Heard())
    assert [each.exit_code for each in ended] == [0, 0]
    assert [name for name, _ in asked] == ["head"]


def test_a_relay_that_leads_to_each_host_does_not_need_the_head(farm: Farm) -> None:
    farm.add_many("head", "node")
    asked: list[tuple[str, int]] = []
    fleet = relayed(farm, asked)
    assert fleet.relay is not None
    farm.stop(farm.machines[0])
    ended = run_everywhere(replace(fleet, relay=replace(fleet.relay, each=True)), "hostname", Heard())
    assert ended[0].error is not None
    assert ended[1].exit_code == 0
    assert sorted(name for name, _ in asked) == ["head", "node"]


def test_a_host_that_does_not_know_a_new_key_yet_is_asked_again(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "REFUSED_PAUSE", 0.0)
    machine = farm.add("head")
    line = machine.authorized.read_bytes()
    machine.authorized.unlink()
    times: list[tuple[str, int]] = []
    fleet = relayed(farm, times)
    assert fleet.relay is not None
    first = fleet.relay.dial

    async def dial(host: Host, port: int) -> socket.socket:
        if times:
            machine.authorized.write_bytes(line)
        return await first(host, port)

    relay = replace(fleet.relay, dial=dial, each=True, settles=20.0)
    ended = run_everywhere(replace(fleet, relay=relay), "hostname", Heard())
    assert ended[0].exit_code == 0
    assert len(times) > 1


def test_a_host_that_never_takes_the_key_is_told_with_what_the_cloud_needs(farm: Farm) -> None:
    farm.add("head").authorized.unlink()
    fleet = relayed(farm, [])
    assert fleet.relay is not None
    relay = replace(fleet.relay, each=True, advice="Ask for the role.")
    ended = run_everywhere(replace(fleet, relay=relay), "hostname", Heard())
    assert isinstance(ended[0].error, KeyRefused)
    assert ended[0].error.advice == "Ask for the role."


def test_a_silent_sshd_behind_a_relay_is_told_with_the_relays_name(farm: Farm) -> None:
    farm.add_many("head", "node")
    fleet = relayed(farm, [])
    assert fleet.relay is not None
    farm.stop(farm.machines[1])
    with pytest.raises(Unreachable, match="node does not answer behind a relay"):
        asyncio.run(carry_to_sshd(replace(fleet, relay=replace(fleet.relay, each=True)), fleet.hosts[1]))
