"""Tunnel: a port here leads to a port of a node, until Ctrl-C."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import reach_the_fleet
from cluster_provision.container import in_container
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.ports import listen
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.fleet.model import Host
    from cluster_provision.run import Run

USE = "Tunnel takes a node, a port of its own loopback, and a port here, such as Tunnel demo-login-1 3000 8080."
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - what a user may have set


def tunnel(run: Run) -> str:
    """Lead a port to the node's until a signal ends it, or the connection does."""
    name, port, local = _places(run.argument)
    reach_the_fleet(run)
    host = host_of(run, name)
    perform(run, (Step("tunnel", lambda run: _serve(run, host, port, local)),))
    return ""


def host_of(run: Run, name: str) -> Host:
    """The machine of this name, the head for none. Raises SettingsError with the names that there are."""
    hosts = run.fleet.hosts
    found = next((each for each in hosts if each.name == name), None) if name else run.fleet.head
    if found is None:
        there = ", ".join(each.name for each in hosts)
        raise SettingsError((f"there is no machine {name!r}; there are {there}",), "Name one of them.", where="")
    return found


def _places(argument: str) -> tuple[str, int, int]:
    words = argument.split()
    numbers = [int(word) for word in words[1:] if re.fullmatch("[0-9]{1,5}", word) and 0 < int(word) < 65536]
    if len(words) not in (2, 3) or len(numbers) != len(words) - 1:
        raise SettingsError((f"Tunnel can't take {argument!r}",), USE, where="")
    return words[0], numbers[0], numbers[-1]


def _serve(run: Run, host: Host, port: int, local: int) -> None:
    bind = run.settings.tunnel_bind

    def begun(at: int) -> None:
        run.console.say(f"http://localhost:{at} leads to port {port} of {host.name} until Ctrl-C.")
        if in_container():
            run.console.say(
                f"  For your own machine, docker run needs -p 127.0.0.1:{at}:{at}"
                + ("" if bind in EVERYWHERE else " -e TUNNEL_BIND=0.0.0.0")
            )

    run.progress.update(f"to port {port} of {host.name}")
    run_apart(listen(run.fleet, host, port, (bind, local), begun))
