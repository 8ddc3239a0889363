"""Turns failures of the embedded cloud into this tool's errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError
from embedded_cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def cloud_failures() -> Iterator[None]:
    """Within the block, raise MachineError for failures of the embedded cloud: they are this machine's."""
    try:
        yield
    except CloudError as failure:
        raise MachineError(failure.message, failure.advice) from failure
