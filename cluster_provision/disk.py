"""A full or read-only disk, named."""

from __future__ import annotations

import contextlib
import errno
import shutil
import tempfile
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
