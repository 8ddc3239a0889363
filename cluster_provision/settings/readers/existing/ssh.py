"""Reads how the tool reaches the machines: a jump host, and a proxy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.existing.machines import MOST_PORT, split_login
from cluster_provision.settings.readers.existing.names import host_address
from cluster_provision.settings.reading import BadValue

SSH_PORT = 22


@dataclass(frozen=True)
class SshJump:
    """A host through which the machines are reached; the user is empty where it is that of the machines."""

    host: str
    port: int = SSH_PORT
    user: str = ""

    def __str__(self) -> str:
        """The jump as ssh's ProxyJump has it."""
        user = f"{self.user}@" if self.user else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{user}{host}{'' if self.port == SSH_PORT else f':{self.port}'}"


@dataclass(frozen=True)
class HttpProxy:
    """A proxy that leads to the machines by HTTP's CONNECT."""

    host: str
    port: int

    def __str__(self) -> str:
        """The proxy as a URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


class Jump:
    """One host, with its user and port; `none`, as ssh's ProxyJump has it, is none, whatever an inventory says."""

    type_name = "host"
    allowed = "a host, with its user and port if wanted: user@host:port; none for none, whatever INVENTORY says"
    spaces = "refused"

    def read(self, text: str) -> SshJump | None:
        """Return the jump. Raises BadValue."""
        return None if text.lower() == "none" else self.read_host(text)

    def read_host(self, text: str) -> SshJump:
        """Return the jump that a host is. Raises BadValue."""
        if "," in text:
            raise BadValue("names several hosts; one jump is supported, from which all machines can be reached")
        user, host, port = split_login(text.removeprefix("ssh://"))
        return SshJump(host_address(host), port or SSH_PORT, user)

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


class Proxy:
    """An HTTP proxy."""

    type_name = "address of a proxy"
    allowed = "http://host:port, without a user and a password"
    spaces = "refused"

    def read(self, text: str) -> HttpProxy:
        """Return the proxy. Raises BadValue."""
        if "@" in text:
            raise BadValue(
                "has a user or a password, which this tool doesn't pass on: give http://host:port", secret=True
            )
        scheme, separator, rest = text.partition("://")
        if not separator or scheme.lower() != "http":
            raise BadValue("is not the address of an HTTP proxy; write http://host:port")
        address = rest.removesuffix("/")
        _, host, port = split_login(address) if "/" not in address else ("", "", 0)
        if not port:
            raise BadValue("is not the address of an HTTP proxy; write http://host:port, with nothing after the port")
        return HttpProxy(host_address(host), port)

    def show(self, value: Any) -> str:
        return str(value or "")

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^[Hh][Tt][Tt][Pp]://[^@/]+:[0-9]{{1,{len(str(MOST_PORT))}}}/?$"}
