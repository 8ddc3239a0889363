"""`code` where users log in: on which machines, and that only the archive that was meant is taken."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.settings.readers.slurm.packages import ArchiveUrl, PackageUrl
from cluster_provision.settings.reading import BadValue
from cluster_provision.slurm.roles.for_users.code_cli import INSTALL, IS_THERE, PROGRAM, resources
from tests.unit.slurm.clusters import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI = PackageUrl("https://example.org/vscode_cli_linux_x64_cli.tar.gz", "0" * 64)
APT = Path("/usr/lib/apt/apt-helper")


def test_login_nodes_alone_have_it_and_give_it_back() -> None:
    there = cluster(code_cli=CLI, logins=("lyra-login",))
    assert resources(there, "lyra-hd") == resources(there, "lyra01") == []
    command = resources(there, "lyra-login")[-1]
    assert command.undo[:3] == ("rm", "-f", PROGRAM)  # type: ignore[attr-defined]
    assert resources(cluster(logins=("lyra-login",)), "lyra-login") == []


def test_without_login_nodes_the_controller_has_it() -> None:
    assert resources(cluster(code_cli=CLI, logins=()), "lyra-hd")


def test_an_archive_is_read_with_its_hash_and_refused_without() -> None:
    reader = ArchiveUrl()
    text = "https://update.code.visualstudio.com/1.106.2/cli-linux-x64/stable#sha256=" + "A" * 64
    given = reader.read(text)
    assert (given.url, given.sha256) == (text.partition("#")[0], "a" * 64)
    assert reader.read(reader.show(given)) == given
    for bad in (
        text.partition("#")[0],
        "file:///code.tar.gz#sha256=" + "a" * 64,
        text[:-1],
        text.replace("https", "ftp"),
    ):
        with pytest.raises(BadValue):
            reader.read(bad)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of an archive with `code` in it, and its SHA-256."""
    (tmp_path / "web").mkdir()
    archive = tmp_path / "web" / "cli.tar.gz"
    program = b"#!/bin/sh\necho tunnel\n"
    with tarfile.open(archive, "w:gz") as file:
        entry = tarfile.TarInfo("code")
        entry.size, entry.mode = len(program), 0o755
        file.addfile(entry, io.BytesIO(program))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "web"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/cli.tar.gz", hashlib.sha256(archive.read_bytes()).hexdigest()
        server.shutdown()


def ran(script: str, *words: str) -> int:
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    ended = subprocess.run(
        ["sh", "-c", script, "sh", *words], env=environment, capture_output=True, check=False, timeout=60
    )
    return ended.returncode


@pytest.mark.skipif(not APT.exists(), reason="there is no apt here")
def test_the_archive_that_was_meant_is_installed_and_no_other(tmp_path: Path, served: tuple[str, str]) -> None:
    url, digest = served
    places = (str(tmp_path / "code"), str(tmp_path / "digest"))
    assert ran(INSTALL, url, "0" * 64, *places) != 0
    assert not (tmp_path / "code").exists()
    assert ran(IS_THERE, digest, *places) != 0
    assert ran(INSTALL, url, digest, *places) == 0
    assert subprocess.run([places[0]], capture_output=True, check=True, text=True).stdout == "tunnel\n"
    assert ran(IS_THERE, digest, *places) == 0
    assert ran(IS_THERE, "1" * 64, *places) != 0
