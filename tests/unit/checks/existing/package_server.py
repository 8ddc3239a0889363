"""A server of packages on this machine, and packages for it: a plug-in of Slurm's in a file of Debian's kind."""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PLUGIN = "/usr/lib/x86_64-linux-gnu/slurm/spank_pyxis.so"


@contextlib.contextmanager
def serving(answers: Mapping[str, bytes | int]) -> Iterator[str]:
    """Its address. Each path has its content, or a status; any other is 404."""

    class Visit(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = answers.get(self.path, 404)
            self.send_response(answer if isinstance(answer, int) else 200)
            body = b"" if isinstance(answer, int) else answer
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Visit)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def plugin(version: int, symbol: bytes = b"plugin_version") -> bytes:
    """A shared object with one dynamic symbol of this value: 64 bits, little-endian (elf(5))."""
    names = b"\0" + symbol + b"\0"
    data_at, names_at = 64, 68
    symbols_at = names_at + len(names)
    symbols = bytes(24) + struct.pack("<IBBHQQ", 1, 0x11, 0, 3, 0x1000, 4)
    sections_at = symbols_at + len(symbols)
    sections = b"".join(
        struct.pack("<IIQQQQIIQQ", 0, kind, 0, address, at, size, link, 0, 1, 0)
        for kind, address, at, size, link in (
            (0, 0, 0, 0, 0),
            (11, 0, symbols_at, len(symbols), 2),
            (3, 0, names_at, len(names), 0),
            (1, 0x1000, data_at, 4, 0),
        )
    )
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 0, sections_at, *[0] * 2,
        0, 0, 64, 4, 0)  # fmt: skip
    return header + struct.pack("<I", version) + names + symbols + sections


def package(name: str, version: str, files: Mapping[str, bytes], architecture: str = "amd64") -> bytes:
    """A package with these files: an archive of ar(5)'s form with three members (deb(5))."""
    control = f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n"
    control += "Maintainer: nobody <nobody@example.org>\nDescription: a test\n"
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _tar({"control": control.encode()}),
        "data.tar.gz": _tar({path.lstrip("/"): content for path, content in files.items()}),
    }
    return b"!<arch>\n" + b"".join(
        f"{member:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
        + content
        + b"\n" * (len(content) % 2)
        for member, content in members.items()
    )


def _tar(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(f"./{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
