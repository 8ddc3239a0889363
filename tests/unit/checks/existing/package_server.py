"""A server of packages on this machine, and packages for it: a plug-in of Slurm's in a file of Debian's kind."""

from __future__ import annotations

import contextlib
import hashlib
import struct
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

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


def package(folder: Path, name: str, version: str, files: Mapping[str, bytes], architecture: str = "amd64") -> bytes:
    """A package with these files, as dpkg-deb makes it."""
    root = folder / f"{name}-{version}-{len(files)}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "DEBIAN").chmod(0o755)  # dpkg-deb refuses another, and a test of the command line sets a umask
    (root / "DEBIAN" / "control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: nobody <nobody@example.org>\n"
        "Description: a test\n"
    )
    for path, content in files.items():
        file = root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    out = folder / f"{root.name}.deb"
    subprocess.run(["dpkg-deb", "-Zgzip", "--build", str(root), str(out)], check=True, capture_output=True)
    return out.read_bytes()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
