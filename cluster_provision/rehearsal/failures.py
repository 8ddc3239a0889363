"""Failures of the embedded cloud as this tool's errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cluster_provision.errors import MachineError
from embedded_cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def cloud_failures() -> Iterator[None]:
    """What keeps the embedded cloud from its work is a failure of this machine: raises MachineError."""
    try:
        yield
    except CloudError as failure:
        raise MachineError(failure.message, failure.advice) from failure
