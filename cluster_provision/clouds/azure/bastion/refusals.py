"""Why Azure Bastion leads to no machine, and what helps."""

from __future__ import annotations

from cluster_provision.errors import CredentialsError, NotReady, PermissionDenied, ProvisionError, Refused, Unreachable

AGAIN = "Run the same command again in a minute: Bastion refuses for minutes at times, and then leads again."


class Passing(Exception):
    """Another try may succeed; `error` is for when the last one doesn't."""

    def __init__(self, error: ProvisionError) -> None:
        super().__init__(str(error))
        self.error = error


def refusal(status: int, message: str, machine: str) -> ProvisionError:
    """The error for an HTTP status in place of a token, with Bastion's own `message`."""
    told = f": {message}" if message else f" (HTTP {status})"
    if status == 401:
        return CredentialsError(f"Azure Bastion does not accept the credentials{told}", "Log in again.")
    if status == 403:
        return PermissionDenied(
            f"Azure Bastion does not lead to {machine}{told}",
            "Ask for the role Reader on the machine, on its network interface and on the Bastion, or on their resource "
            "group (docs/azure-permissions.md).",
        )
    if status == 404:
        return NotReady(f"Azure Bastion finds no machine {machine}{told}", "Status shows whether it runs.")
    if 400 <= status < 500 and status != 429:
        return Refused(f"Azure Bastion does not lead to {machine}{told}", "Run Create again: it sets Bastion up anew.")
    return Unreachable(f"Azure Bastion is busy or down{told}", AGAIN)


def silent(host: str, reason: str) -> ProvisionError:
    """The error for a Bastion that doesn't answer as one."""
    return Unreachable(
        f"Azure Bastion ({host}) can't be reached: {reason}",
        f"Check this machine's network (HTTPS_PROXY, SSL_CERT_FILE, a firewall). {AGAIN}",
    )


def no_machine(machine: str, port: int, reason: str) -> ProvisionError:
    """The error for a tunnel that ended, or stayed silent, before the machine said a word."""
    return NotReady(
        f"nothing answers on port {port} of {machine} behind Azure Bastion: {reason}",
        f"The machine may be off, or still start: Status shows that. {AGAIN}",
    )
