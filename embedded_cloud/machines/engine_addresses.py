"""Public addresses on the container engine's network, where the embedded cloud's own container answers.

Whoever runs the tool reaches that network: from a container on it, or from the engine's own machine. The container
takes each address as a further one of its own (`ip address add`, by the calls of netdevice(7)).
"""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import socket
import struct

# <linux/sockios.h>, <linux/if.h>
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCGIFADDR, SIOCSIFADDR, SIOCSIFNETMASK = 0x8913, 0x8914, 0x8915, 0x8916, 0x891C
UP = 1
NAME_BYTES = 15
# Nodes have the first 254 of the network's upper half, the engine gives away the lower: machines/addresses.py.
FIRST = 512
COUNT = 512


class EngineAddresses:
    """The `PublicAddresses` of the network with these addresses."""

    def __init__(self, network: ipaddress.IPv4Network) -> None:
        self._network = network
        _, upper = network.subnets()
        first = int(upper[FIRST]) if upper.num_addresses >= FIRST + COUNT else int(upper[upper.num_addresses // 2])
        length = 32 - (min(COUNT, upper.num_addresses // 2) - 1).bit_length()
        self.block = ipaddress.IPv4Network((first, length))
        self._open: dict[str, str] = {}

    def open(self, address: str) -> None:
        number = int(ipaddress.ip_address(address)) - int(self.block[0])
        label = f"{self._interface()}:{number}"[:NAME_BYTES]
        _call(SIOCSIFADDR, label, _address(address))
        _call(SIOCSIFNETMASK, label, _address("255.255.255.255"))
        self._open[address] = label

    def close(self, address: str) -> None:
        label = self._open.pop(address, "")
        if label:
            with contextlib.suppress(OSError):  # the container may be off the network already
                (flags,) = struct.unpack("16xH14x", _call(SIOCGIFFLAGS, label, b"\0" * 16))
                _call(SIOCSIFFLAGS, label, struct.pack("H14x", flags & ~UP))

    def _interface(self) -> str:
        """The name of this container's interface in the network. Raises OSError."""
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # one without an address
                found = _call(SIOCGIFADDR, name, b"\0" * 16)
                if ipaddress.ip_address(found[20:24]) in self._network:
                    return name
        raise OSError(f"no interface of this container is on {self._network}")


def _address(address: str) -> bytes:
    return struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))


def _call(number: int, name: str, rest: bytes) -> bytes:
    """One call about an interface: `struct ifreq` is its name and 16 bytes more."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        return fcntl.ioctl(any_socket, number, struct.pack("16s16s8x", name.encode(), rest))
