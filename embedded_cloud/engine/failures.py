"""What the engine's client raises when the engine refuses, is too slow, or goes away."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from embedded_cloud.errors import CloudError

if TYPE_CHECKING:
    from collections.abc import Iterator

# docker-py wraps only what the engine answered; time-outs and broken connections come through as they are.
ENGINE_FAILURES = (DockerException, RequestException, HTTPError)


@contextmanager
def engine_failures() -> Iterator[None]:
    """Raises CloudError for what the engine refuses: it is a failure of this machine, not a defect."""
    try:
        yield
    except ENGINE_FAILURES as error:
        raise CloudError(f"the container engine refused: {error}") from error


def is_passing(error: APIError) -> bool:
    """Whether another run has just removed, or made, what this one was about to use."""
    if isinstance(error, NotFound):
        return not isinstance(error, ImageNotFound)
    return error.status_code == 409 or "marked for removal" in str(error)
