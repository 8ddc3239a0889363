"""Why Identity-Aware Proxy leads to no machine, and what helps: by the close codes of its relay.

The codes' names are IAP Desktop's (SshRelayConstants), looked up in November 2026.
"""

from __future__ import annotations

from cluster_provision.errors import CredentialsError, NotReady, PermissionDenied, ProvisionError, Unreachable

RENEW = 4004
"""The token is no longer accepted: the session goes on with another."""

GONE = (4001, 4002, 4074)
"""The relay knows the session no longer."""

MACHINE_ENDED = (1000, 4009, 4010)
"""The machine has closed the connection."""

_ROLE = "roles/iap.tunnelResourceAccessor"
_BOOTING = "A machine that was made a minute ago may not be known there yet: run the same command again."


def is_passing(code: int) -> bool:
    """Whether it is what a machine gets that was just made, or that starts: another try may succeed."""
    return code in (4003, 4047, 4051, 4000, 1006)


def refusal(code: int, machine: str, port: int, reason: str = "") -> ProvisionError:
    """The error for a relay that closed before it led anywhere."""
    if code == 4033:
        return PermissionDenied(
            f"Identity-Aware Proxy does not lead to {machine}: these credentials lack the permission "
            "iap.tunnelInstances.accessViaIAP",
            f"Ask for {_ROLE} in the project. {_BOOTING}",
        )
    if code == 4003:
        return NotReady(
            f"nothing answers on port {port} of {machine}",
            "The machine may still start, or its firewall doesn't let 35.235.240.0/20 in, from where Identity-Aware "
            "Proxy comes. Status shows whether it runs.",
        )
    if code in (4047, 4051):
        return NotReady(f"Identity-Aware Proxy finds no machine {machine} that runs", _BOOTING)
    told = f" ({reason})" if reason else ""
    return Unreachable(f"Identity-Aware Proxy closed the connection to {machine} with {code}{told}", _BOOTING)


def http_refusal(status: int, machine: str) -> ProvisionError:
    """The error for an HTTP status in place of a WebSocket."""
    if status == 401:
        return CredentialsError("Identity-Aware Proxy does not accept the credentials", "Log in again.")
    if status == 403:
        return PermissionDenied(
            f"Identity-Aware Proxy refuses to lead to {machine}: {_ROLE} is missing, its API is off, or a proxy on the "
            "way lets no WebSocket through",
            f"Ask for {_ROLE}; `gcloud services enable iap.googleapis.com` switches the API on.",
        )
    if status == 404:
        return NotReady(f"Identity-Aware Proxy finds no machine {machine}", _BOOTING)
    return Unreachable(f"Identity-Aware Proxy answered with HTTP {status}", "Run the same command again.")
