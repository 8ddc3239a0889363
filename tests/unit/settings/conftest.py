"""An environment that holds what every env file must, to which tests add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

if TYPE_CHECKING:
    from cluster_provision.settings import Loaded

MANDATORY = {"PROJECT_ID": "my-project-123", "NAME_PREFIX": "my-cluster", "ZONE": "us-central1-a"}


class Load(Protocol):
    """Load the mandatory parameters with others; None takes one away."""

    def __call__(self, action: str | None = "Create", **given: str | None) -> Loaded: ...


class Problems(Protocol):
    """All problems of such an environment; none where it can be loaded."""

    def __call__(self, action: str | None = "Create", **given: str | None) -> tuple[str, ...]: ...


@pytest.fixture
def loaded() -> Load:
    def run(action: str | None = "Create", **given: str | None) -> Loaded:
        environ = {name: text for name, text in {**MANDATORY, **given}.items() if text is not None}
        return load(environ, action)

    return run


@pytest.fixture
def problems(loaded: Load) -> Problems:
    def run(action: str | None = "Create", **given: str | None) -> tuple[str, ...]:
        try:
            loaded(action, **given)
        except SettingsError as failure:
            return failure.problems
        return ()

    return run
