"""Reports a full or read-only disk."""

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
    """Within the block, raise MachineError for a full or read-only disk; other errors pass unchanged."""
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
        advice = "Make room, or set WORK_DIR to a writable folder, and run the same command again."
        raise MachineError(f"can't write {where}: {reason}", advice) from failure
