"""The working folder of a run: the Terraform modules, with the backend and the variables rendered into them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster_provision.disk import disk_errors_named
from cluster_provision.templates import rendered
from cluster_provision.terraform.hcl import to_hcl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("terraform", "node")
LOCK_FILE = ".terraform.lock.hcl"
IMPORTS_FILE = "imports.tf"


@dataclass(frozen=True)
class Workspace:
    """`folder` is WORK_DIR; Terraform runs in `root`, inside it."""

    folder: Path
    root: Path

    @property
    def log(self) -> Path:
        """Terraform's events as text."""
        return self.folder / "terraform.log"

    @property
    def cli_config(self) -> Path:
        """Terraform's CLI configuration file."""
        return self.folder / "terraform.rc"


def open_workspace(work_dir: Path | None, module: str, *, locked_providers: bool) -> Workspace:
    """Copy the modules into `work_dir`, or into a fresh folder; `module` is the root's path below terraform/.

    A folder of an earlier run is used again; nothing else in it is touched. Without `locked_providers` the committed
    lock file is left out, and Terraform writes its own. Raises MachineError where the disk is full or not writable.
    """
    with disk_errors_named():
        if work_dir is None:
            folder = Path(tempfile.mkdtemp(prefix="cluster-provision-"))
        else:
            folder = work_dir.resolve()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", *(() if locked_providers else (LOCK_FILE,)))
        for name in COPIED:
            shutil.copytree(PROJECT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
        opened = Workspace(folder, folder / "terraform" / module)
        (opened.root / IMPORTS_FILE).unlink(missing_ok=True)  # a killed run's
        if not locked_providers:
            (opened.root / LOCK_FILE).unlink(missing_ok=True)  # an earlier run's, of other providers
    return opened


def render(workspace: Workspace, backend: tuple[str, dict[str, str]] | None, variables: dict[str, Any]) -> None:
    """Write cluster.auto.tfvars and backend.tf; without a backend, state stays in the working folder.

    `to_hcl` writes typed values as HCL literals, so nothing in them is ever evaluated.
    """
    with disk_errors_named():
        tfvars = workspace.root / "cluster.auto.tfvars"
        tfvars.write_text(rendered("cluster.auto.tfvars.j2", {"hcl": to_hcl}, variables=variables), encoding="utf-8")
        backend_file = workspace.root / "backend.tf"
        if backend is None:
            backend_file.unlink(missing_ok=True)
        else:
            kind, settings = backend
            text = rendered("backend.tf.j2", {"hcl": to_hcl}, kind=kind, settings=settings)
            backend_file.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def imports_written(workspace: Workspace, imports: Mapping[str, str]) -> Iterator[None]:
    """Within the block, make Terraform import these existing resources into its state: addresses to ids."""
    file = workspace.root / IMPORTS_FILE
    blocks = [
        f"import {{\n  to = {address}\n  id = {to_hcl(import_id)}\n}}\n" for address, import_id in imports.items()
    ]
    with disk_errors_named():
        file.write_text("\n".join(blocks), encoding="utf-8")
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
