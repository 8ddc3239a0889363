"""The working folder of a run: the Terraform modules, with the backend and the variables rendered into them."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from cluster_provision.errors import MachineError
from cluster_provision.terraform.hcl import to_hcl

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
COPIED = ("terraform", "node")
LOCK_FILE = ".terraform.lock.hcl"


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
    """Lay the modules out in `work_dir`, or in a fresh folder; `module` is the root's path below terraform/.

    A folder that an earlier run used is used again; nothing else in it is touched. Without
    `locked_providers` the committed lock file is left out, and Terraform writes one of its own.
    Raises MachineError where the disk is full or not writable.
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
    return Workspace(folder, folder / "terraform" / module)


def render(workspace: Workspace, backend: tuple[str, dict[str, str]] | None, variables: dict[str, Any]) -> None:
    """Write cluster.auto.tfvars and backend.tf; without a backend, state stays in the working folder.

    Values are typed and written as HCL literals by `to_hcl`, so nothing in them is ever evaluated.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the output is HCL, and the `hcl` filter escapes for it
    )
    environment.filters["hcl"] = to_hcl
    with disk_errors_named():
        tfvars = workspace.root / "cluster.auto.tfvars"
        tfvars.write_text(environment.get_template("cluster.auto.tfvars.j2").render(variables=variables))
        tfvars.chmod(0o600)
        backend_file = workspace.root / "backend.tf"
        if backend is None:
            backend_file.unlink(missing_ok=True)
        else:
            kind, settings = backend
            backend_file.write_text(environment.get_template("backend.tf.j2").render(kind=kind, settings=settings))


@contextlib.contextmanager
def disk_errors_named() -> Iterator[None]:
    """A full or read-only disk as a MachineError; the other errors as they are."""
    try:
        yield
    except (OSError, shutil.Error) as failure:
        where = getattr(failure, "filename", None) or tempfile.gettempdir()
        reasons = {
            errno.ENOSPC: "the disk is full",
            errno.EDQUOT: "the disk quota is used up",
            errno.EROFS: "the file system is read-only",
            errno.EACCES: "permission denied",
            errno.ENOTDIR: "it is not a folder",
            errno.EEXIST: "it is not a folder",
        }
        reason = reasons.get(failure.errno or 0) or ("the disk is full" if "No space left" in str(failure) else "")
        if not reason:
            raise
        advice = "Make room or set WORK_DIR to a folder that can be written, and run the same command again."
        raise MachineError(f"can't write {where}: {reason}", advice) from failure
