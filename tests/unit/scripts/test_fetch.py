"""What scripts/fetch.py makes of a server."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "scripts" / "fetch.py"


def test_a_file_that_breaks_off_is_told_in_a_line_and_not_kept(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly a part")

        threading.Thread(target=answer, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/terraform.zip"
        file = tmp_path / "terraform.zip"
        done = subprocess.run(
            [sys.executable, SCRIPT, address, file],
            env={"no_proxy": "*"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("fetch: ") and len(done.stderr.splitlines()) == 1
    assert not file.exists()
