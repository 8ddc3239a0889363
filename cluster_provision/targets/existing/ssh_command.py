"""The ssh command that leads a user to a machine, by the same way as the tool's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from cluster_provision.settings.existing.machines import GivenMachine
    from cluster_provision.settings.existing.settings import ExistingSettings


def way_in(node: str, settings: ExistingSettings) -> tuple[str, ...]:
    """The words for a machine's name; an empty one is the first machine on which users log in.

    Raises SettingsError for a name that no machine has.
    """
    by_name = {each.name: each for each in settings.machines}
    name = node or settings.login_nodes[0]
    if name not in by_name:
        raise SettingsError(
            (f"there is no machine {node}; there are {', '.join(by_name)}",),
            "Connect takes a machine's name, as Status lists them.",
            where="",
        )
    return ssh_command(by_name[name], settings)


def ssh_command(machine: GivenMachine, settings: ExistingSettings) -> tuple[str, ...]:
    """The words, for the user's own host: where files of the container lie there, only the user knows."""
    words = ["ssh"]
    if machine.port != 22:
        words += ["-p", str(machine.port)]
    if settings.ssh_proxy is not None:
        words += ["-o", f"ProxyCommand=nc -X connect -x {settings.ssh_proxy.host}:{settings.ssh_proxy.port} %h %p"]
    elif settings.ssh_jump is not None:
        words += ["-J", str(settings.ssh_jump)]
    return (*words, f"{machine.user}@{machine.address}")
