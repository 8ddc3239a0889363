"""Commands on many hosts, over real SSH connections through a head."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import CommandFailed, HostKeyMismatch, Unreachable
from cluster_provision.fleet.connections import Limits
from cluster_provision.fleet.run import run_everywhere
from tests.unit.fleet.heard import Heard

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Host
    from tests.unit.fleet.kit import Farm


def test_a_command_runs_on_every_host_and_the_others_are_reached_through_the_head(farm: Farm) -> None:
    head, *others = farm.add_many("vm-0", "vm-1", "vm-2")
    heard = Heard()
    ended = run_everywhere(farm.fleet(), 'echo "I am $NODE_NAME"; echo oh >&2', heard)
    assert [(e.host.name, e.exit_code, e.error) for e in ended] == [(n, 0, None) for n in ("vm-0", "vm-1", "vm-2")]
    for name in ("vm-0", "vm-1", "vm-2"):
        assert heard.of(name) == [f"I am {name}".encode()]
        assert heard.of(name, "err") == [b"oh"]
    assert sorted(head.forwarded) == sorted((m.address, m.port) for m in others)


def test_exit_codes_and_signals_are_told_per_host(farm: Farm) -> None:
    farm.add_many("vm-0", "vm-1", "vm-2")
    ended = run_everywhere(farm.fleet(), "case $NODE_NAME in vm-1) exit 7;; vm-2) kill -KILL $$;; esac", Heard())
    assert [e.exit_code for e in ended] == [0, 7, 137]
    assert ended[0].error is None
    assert isinstance(ended[1].error, CommandFailed)
    assert "vm-1" in ended[1].error.message and "7" in ended[1].error.message


def test_a_host_that_is_down_fails_alone(farm: Farm) -> None:
    _, down, _ = farm.add_many("vm-0", "vm-1", "vm-2")
    farm.stop(down)
    ended = run_everywhere(farm.fleet(), "true", Heard())
    assert [e.exit_code for e in ended] == [0, None, 0]
    assert isinstance(ended[1].error, Unreachable)
    assert "vm-1" in ended[1].error.message


def test_a_host_that_says_nothing_fails_in_time_and_holds_nobody_up(farm: Farm) -> None:
    farm.add("vm-0")
    farm.add("vm-1", deaf=True)
    farm.add("vm-2")
    heard = Heard()
    started = time.monotonic()
    ended = run_everywhere(farm.fleet(), "echo here", heard, limits=Limits(connect=1.0))
    assert time.monotonic() - started < 8
    assert [e.exit_code for e in ended] == [0, None, 0]
    assert "no answer within 1 s" in ended[1].error.message
    assert heard.of("vm-2") == [b"here"]


def test_another_machine_at_a_hosts_address_gets_nothing(farm: Farm) -> None:
    _, other = farm.add_many("vm-0", "vm-1")
    fleet = farm.fleet()
    farm.stop(other)
    impostor = farm.add("impostor")
    farm.stop(impostor)
    impostor.address, impostor.port = other.address, other.port
    farm.start(impostor)
    ended = run_everywhere(fleet, "echo secret", Heard())
    assert isinstance(ended[1].error, HostKeyMismatch)
    assert impostor.logins == []


def test_another_machine_at_the_gate_ends_the_run(farm: Farm) -> None:
    head, other = farm.add_many("vm-0", "vm-1")
    fleet = farm.fleet(head, other)
    farm.stop(head)
    impostor = farm.add("impostor")
    farm.stop(impostor)
    impostor.address, impostor.port = head.address, head.port
    farm.start(impostor)
    with pytest.raises(HostKeyMismatch, match="is not vm-0"):
        run_everywhere(fleet, "true", Heard())
    assert impostor.logins == []


def test_a_host_without_known_keys_is_never_spoken_to(farm: Farm) -> None:
    from dataclasses import replace

    _, other = farm.add_many("vm-0", "vm-1")
    fleet = farm.fleet()
    unknown = replace(fleet, hosts=(fleet.head, replace(fleet.hosts[1], host_keys=())))
    ended = run_everywhere(unknown, "true", Heard())
    assert isinstance(ended[1].error, HostKeyMismatch)
    assert "has not reported its SSH host keys" in ended[1].error.message
    assert other.logins == []


def test_no_answer_at_the_gate_is_the_heads(farm: Farm) -> None:
    head = farm.add("vm-0")
    farm.stop(head)
    with pytest.raises(Unreachable, match="the head vm-0 does not answer"):
        run_everywhere(farm.fleet(), "true", Heard())


def test_a_head_that_answers_late_is_waited_for(farm: Farm) -> None:
    head = farm.add("vm-0", deaf=True)

    def wake() -> None:
        farm.stop(head)
        head.deaf = False
        farm.start(head)

    late = threading.Timer(0.5, wake)
    late.start()
    ended = run_everywhere(farm.fleet(), "true", Heard(), limits=Limits(connect=2.0, patience=20))
    late.join()
    assert ended[0].exit_code == 0


def test_a_head_that_refuses_is_not_waited_for(farm: Farm) -> None:
    farm.stop(farm.add("vm-0"))
    started = time.monotonic()
    with pytest.raises(Unreachable):
        run_everywhere(farm.fleet(), "true", Heard(), limits=Limits(patience=60))
    assert time.monotonic() - started < 30


def test_lines_come_as_they_are_printed(farm: Farm) -> None:
    farm.add("vm-0")
    first = threading.Event()

    class Waiting(Heard):
        def stdout(self, host: Host, line: bytes) -> None:
            super().stdout(host, line)
            if line == b"first":
                (farm.machines[0].home / "go").touch()
                first.set()

    ended = run_everywhere(farm.fleet(), "echo first; while ! [ -e go ]; do sleep 0.05; done; echo second", Waiting())
    assert first.is_set()
    assert ended[0].exit_code == 0


def test_lines_of_several_hosts_are_never_mixed(farm: Farm) -> None:
    farm.add_many("vm-0", "vm-1", "vm-2")
    heard = Heard()
    run_everywhere(farm.fleet(), 'for i in $(seq 300); do printf "%s-" "$NODE_NAME"; echo "$i"; done', heard)
    for name in ("vm-0", "vm-1", "vm-2"):
        assert heard.of(name) == [f"{name}-{i}".encode() for i in range(1, 301)]


def test_bytes_that_are_no_text_and_a_last_line_without_an_end_arrive_as_they_are(farm: Farm) -> None:
    farm.add("vm-0")
    heard = Heard()
    run_everywhere(farm.fleet(), r"printf '\377\376 a\nlast'", heard)
    assert heard.of("vm-0") == [b"\xff\xfe a", b"last"]


def test_a_line_without_end_needs_no_endless_memory(farm: Farm) -> None:
    farm.add("vm-0")
    heard = Heard()
    run_everywhere(farm.fleet(), "head -c 1000000 /dev/zero | tr '\\0' x", heard)
    pieces = heard.of("vm-0")
    assert sum(map(len, pieces)) == 1_000_000
    assert max(map(len, pieces)) <= 64 * 1024


def test_a_connection_that_breaks_is_told_as_the_hosts(farm: Farm) -> None:
    _, second = farm.add_many("vm-0", "vm-1")

    class Cutting(Heard):
        def stdout(self, host: Host, line: bytes) -> None:
            super().stdout(host, line)
            if host.name == "vm-1":
                threading.Thread(target=farm.cut, args=(second,)).start()

    ended = run_everywhere(farm.fleet(), "[ $NODE_NAME = vm-0 ] || { echo up; sleep 30; }", Cutting())
    assert [e.exit_code for e in ended] == [0, None]
    assert isinstance(ended[1].error, Unreachable)
    assert "vm-1" in ended[1].error.message
