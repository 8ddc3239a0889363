"""The machines of the settings as SSH reaches them, and what the tool's own programs do there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady, StateStoreError
from cluster_provision.fleet.command import ask
from cluster_provision.fleet.connections import Limits
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.held import HeldConnections
from cluster_provision.fleet.host_keys import known_keys, show_keys
from cluster_provision.fleet.model import Endpoint, Fleet, Host, Keys, Route
from cluster_provision.fleet.programs import STORE, program_text
from cluster_provision.fleet.pushed import as_root, push
from cluster_provision.settings.existing.machines import GivenMachine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from asyncssh import SSHClientConnection

    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.fleet.fan_out import Outcome
    from cluster_provision.fleet.host_keys import Shown
    from cluster_provision.settings.existing.settings import ExistingSettings


@dataclass(frozen=True)
class Asked:
    """A program's answers on one machine, or why it gave none."""

    machine: str
    answers: tuple[dict[str, Any], ...] = ()
    error: ProvisionError | None = None


class Reach:
    """The connections of one run: made when they are first needed, and kept until its end."""

    def __init__(self, settings: ExistingSettings) -> None:
        self._settings = settings
        self._trusted: dict[str, tuple[str, ...]] = {}
        self._given = {each.name: each for each in settings.machines}

    @property
    def names(self) -> tuple[str, ...]:
        """All machines: those of the settings, the controller first, then those that are still in the cluster."""
        return tuple(self._given)

    @property
    def names_of_settings(self) -> tuple[str, ...]:
        """The machines of the settings, the controller first."""
        return tuple(each.name for each in self._settings.machines)

    def knows(self, name: str) -> bool:
        """Whether the machine's host key is known."""
        return bool(self.host(self._given[name]).host_keys)

    def host_keys(self) -> dict[str, tuple[str, ...]]:
        """The keys by which the machines are known."""
        return {name: self.host(each).host_keys for name, each in self._given.items()}

    def connect_each(self, names: Sequence[str]) -> dict[str, ProvisionError | None]:
        """Connect to these machines; why one can't be reached, None for one that was."""

        async def nothing(connection: SSHClientConnection, host: Host) -> None:
            return None

        return {each.host.name: each.error for each in self._on_each(names, nothing)}

    @cached_property
    def route(self) -> Route:
        """The way to the machines."""
        jump, proxy = self._settings.ssh_jump, self._settings.ssh_proxy
        host = None
        if jump is not None:
            user = jump.user or self._settings.ssh_user
            key_file = self._settings.ssh_key_file or self._settings.machines[0].key_file
            host = self.host(GivenMachine(jump.host, jump.host, user, jump.port, key_file))
        return Route(host, str(proxy) if proxy is not None else "")

    def show_jump_key(self) -> list[Shown]:
        """Ask the jump host for its key, where there is one that nobody has vouched for."""
        jump, proxy = self.route.jump, self.route.proxy
        if jump is None or jump.host_keys:
            return []
        return run_apart(show_keys([jump], Route(proxy=proxy), None, Limits().connect))

    def show_keys(self, names: Sequence[str]) -> list[Shown]:
        """Ask these machines for their host keys, without signing in."""
        hosts = [self.host(self._given[name]) for name in names]
        return self._connections.run(lambda through: show_keys(hosts, self.route, through, Limits().connect))

    def trust(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Trust these keys, by machine, for those that the user's file doesn't name."""
        self._trusted.update({name: tuple(each) for name, each in keys.items() if each})
        self.__dict__.pop("route", None)  # its jump host may be among them

    def add(self, machines: Iterable[GivenMachine]) -> None:
        """Machines that the settings don't name any more, and that are still in the cluster."""
        self._given.update({each.name: each for each in machines if each.name not in self._given})

    def host(self, given: GivenMachine) -> Host:
        """A machine for SSH, with the keys that it is known by."""
        names = (given.name, *given.aliases)
        known = known_keys(self._settings.known_hosts_text, names, given.address, given.port)
        known = known or self._trusted.get(given.name, ())
        return Host(given.name, given.address, known, given.port, given.user, given.key_file, given.password)

    def fleet(self, names: Sequence[str] = ()) -> Fleet:
        """These machines, or all of the settings; the first is the head."""
        hosts = tuple(self.host(self._given[name]) for name in names or self.names_of_settings)
        keys = Keys(None, self._settings.ssh_key_file)
        return Fleet(hosts[0], hosts, Endpoint(hosts[0].address, hosts[0].port), hosts[0].user, keys, route=self.route)

    def run_as_root(self, name: str, command: str) -> CommandResult:
        """Run a command of the shell's on one machine as root. Raises what keeps it from being reached."""

        async def one(connection: SSHClientConnection, host: Host) -> CommandResult:
            line, feed = as_root(command, self._given[host.name].sudo_password)
            return await ask(connection, line, feed)

        outcome = self._on_each((name,), one)[0]
        if outcome.value is None:
            raise outcome.error or NotReady(f"{name} gave no answer")
        found: CommandResult = outcome.value
        return found

    def run_as_root_on(
        self, names: Sequence[str], command: str, ended: Callable[[int, int], None]
    ) -> dict[str, ProvisionError | None]:
        """Run a command of the shell's on these machines as root; why it didn't succeed on one, None where it did."""

        async def one(connection: SSHClientConnection, host: Host) -> str:
            line, feed = as_root(command, self._given[host.name].sudo_password)
            return (await ask(connection, line, feed)).required(host.name)

        return {each.host.name: each.error for each in self._on_each(tuple(names), one, ended)}

    def ask_each(
        self,
        program: str,
        requests: Mapping[str, dict[str, Any]],
        ended: Callable[[int, int], None] = lambda done, total: None,
    ) -> list[Asked]:
        """Run one of the tool's programs on each machine, all at once, with the machine's own request."""
        text = program_text(program)

        async def one(connection: SSHClientConnection, host: Host) -> tuple[dict[str, Any], ...]:
            password = self._given[host.name].sudo_password
            return await push(connection, text, requests[host.name], password, host=host.name)

        outcomes = self._on_each(tuple(requests), one, ended)
        return [Asked(o.host.name, o.value or (), named(o.error, o.host.name) if o.error else None) for o in outcomes]

    def operate(self, controller: str, cluster: str, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Carry out operations on the cluster's state, on the controller."""
        request = {"cluster": cluster, "operations": operations}
        (asked,) = self.ask_each(STORE, {controller: request})
        if asked.error is not None:
            raise asked.error
        told = asked.answers[0]
        if "error" in told:
            raise StateStoreError(
                f"the cluster's state on {controller} can't be used: {told['error']}",
                "Look at /var/lib/cluster-provision there: the disk may be full, or mounted read-only.",
            )
        return list(told["answers"])

    def close(self) -> None:
        """Close the connections."""
        if "_connections" in self.__dict__:
            self._connections.close()

    def _on_each(
        self, names: Sequence[str], do: Any, ended: Callable[[int, int], None] = lambda done, total: None
    ) -> list[Outcome[Any]]:
        return self._connections.on_each([self.host(self._given[name]) for name in names], do, ended)

    @cached_property
    def _connections(self) -> HeldConnections:
        return HeldConnections(self.fleet())


def named(failure: ProvisionError, machine: str) -> ProvisionError:
    """The failure with its machine's name before it, where the message doesn't tell it."""
    if machine not in failure.message:
        failure.message = f"{machine}: {failure.message}"
        failure.args = (failure.message,)
    return failure


def kept_machine(name: str, told: dict[str, Any], settings: ExistingSettings) -> GivenMachine:
    """A machine as the state keeps it, without passwords: those of the settings hold, else the controller's."""
    controller = settings.machines[0]
    return GivenMachine(
        name,
        str(told["address"]),
        str(told["user"]),
        int(told["port"]),
        key_file=settings.ssh_key_file or controller.key_file,
        password=settings.ssh_password or controller.password,
        sudo_password=settings.sudo_password or controller.sudo_password,
        aliases=tuple(told.get("aliases", ())),
    )
