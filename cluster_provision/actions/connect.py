"""Connect: the way to a node, shown or taken."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING

from cluster_provision import __version__
from cluster_provision.actions.fleet import MACHINES, reach_the_fleet
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.actions.tunnel import host_of
from cluster_provision.connection.ssh_config import known_hosts, ssh_config
from cluster_provision.errors import SettingsError
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.ports import carry_to_sshd
from cluster_provision.fleet.shell import open_shell
from cluster_provision.result import Connection
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import FleetTarget

if TYPE_CHECKING:
    from cluster_provision.run import Run

STDIO, CONFIG, KNOWN_HOSTS = "--stdio", "--config", "--known-hosts"
IN_DOCKER = ("docker", "run", "--rm", "-i", "--env-file", "env.list", f"cluster-provision:{__version__}")


def connect(run: Run) -> str:
    """The command that leads to the node that the argument names, or to the first.

    On a terminal, a shell there: the run hands over to that command where its program is here, and opens one by itself
    where it can. With --stdio, standard input and output lead to the node's sshd. With --config, a part of ssh's own
    configuration whose ProxyCommand is that, and with --known-hosts the machines' keys.
    """
    option = "".join(run.argument.split()[:1])
    if option == STDIO:
        return _lead(run)
    if option in (CONFIG, KNOWN_HOSTS):
        return _for_clients(run, option)
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("node", find_way)))
    if run.console.attended and run.settings.output == "text" and not run.hand_over_to:
        return _shell(run)
    return run.result.connection.command


def find_way(run: Run) -> None:
    """Find the node and the command that leads to it."""
    command = run.target.way_in(run.argument)
    run.result.connection = Connection(command=shlex.join(command))
    if run.console.attended and shutil.which(command[0], path=run.environ.get("PATH")):
        run.hand_over_to = command


def _lead(run: Run) -> str:
    _require_text(run, f"Connect {STDIO} writes nothing but what the node's sshd says")
    reach_the_fleet(run)
    host = host_of(run, run.argument.removeprefix(STDIO).strip())
    run_apart(carry_to_sshd(run.fleet, host))
    return ""


def _for_clients(run: Run, option: str) -> str:
    _require_text(run, f"Connect {option} writes what SSH clients read")
    try:
        called = shlex.split(run.argument)[1:] or IN_DOCKER
    except ValueError as failure:
        raise SettingsError(
            (f"Connect {option}: the command is no words of a shell: {failure}",), "Quote it as a whole.", where=""
        ) from None
    reach_the_fleet(run)
    run.console.clear()
    return known_hosts(run.fleet) if option == KNOWN_HOSTS else ssh_config(run.fleet, run.target.cluster.name, called)


def _require_text(run: Run, what: str) -> None:
    if run.settings.output != "text":
        raise SettingsError((f"OUTPUT={run.settings.output}: {what}",), "Leave OUTPUT out.")


def _shell(run: Run) -> str:
    """A shell by the tool's own connection; the command for another place where there is none."""
    if not isinstance(run.target, FleetTarget):
        return run.result.connection.command
    perform(run, (MACHINES,))
    host = host_of(run, run.argument)
    run.console.say(f"A shell on {host.name}; `exit` ends it. From elsewhere: {run.result.connection.command}")
    run_apart(open_shell(run.fleet, host))
    return ""
