"""An environment for Azure that holds what every env file must, to which tests add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings, Loaded

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
MANDATORY = {"CLOUD": "azure", "SUBSCRIPTION_ID": SUBSCRIPTION, "LOCATION": "eastus2", "NAME_PREFIX": "my-cluster"}


class Load(Protocol):
    """Load the mandatory parameters with others; None takes one away."""

    def __call__(self, **given: str | None) -> Loaded: ...


class Read(Protocol):
    """The settings of such an environment."""

    def __call__(self, **given: str | None) -> AzureSettings: ...


class Problems(Protocol):
    """All problems of such an environment; none where it can be loaded."""

    def __call__(self, **given: str | None) -> tuple[str, ...]: ...


@pytest.fixture
def loaded() -> Load:
    def run(**given: str | None) -> Loaded:
        return load({name: text for name, text in {**MANDATORY, **given}.items() if text is not None}, "Create")

    return run


@pytest.fixture
def settings(loaded: Load) -> Read:
    def run(**given: str | None) -> AzureSettings:
        return cast("AzureSettings", loaded(**given).settings)

    return run


@pytest.fixture
def problems(loaded: Load) -> Problems:
    def run(**given: str | None) -> tuple[str, ...]:
        try:
            loaded(**given)
        except SettingsError as failure:
            return failure.problems
        return ()

    return run
