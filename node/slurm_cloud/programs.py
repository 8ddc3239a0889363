"""The machines' program as the state store has it, each version in a folder of its own."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.place import ROOT

if TYPE_CHECKING:
    from node.slurm_cloud.storage import Store

FOLDER = f"{ROOT}/usr/local/lib/cluster-provision/program"
CURRENT = f"{FOLDER}/current"
"""A link to the version that runs, by which programs outside of this one find it."""


def folder_of(name: str) -> str:
    """Where the version of this object's name lies."""
    return f"{FOLDER}/{PurePosixPath(name).name.removesuffix('.tar.gz')}"


def fetch(store: Store, name: str) -> str:
    """Have the version here; returns its folder. Raises CallFailed, also for an archive that isn't whole."""
    folder = folder_of(name)
    if not os.path.isdir(folder):
        content = store.read(name)
        if content is None:
            raise CallFailed(f"reading {name}", 404, message="the machines' program is not in the state store")
        fresh = f"{folder}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        os.makedirs(fresh)
        try:
            with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
                archive.extractall(fresh)  # noqa: S202 - the tool made it; users can't write there
        except (tarfile.TarError, EOFError, OSError) as failure:
            raise CallFailed(f"reading {name}", 0, message=f"the archive can't be unpacked: {failure}") from failure
        os.replace(fresh, folder)
    return folder


def make_current(folder: str) -> None:
    """Lead the link to this version."""
    fresh = f"{CURRENT}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(fresh)
    os.symlink(folder, fresh)
    os.replace(fresh, CURRENT)
