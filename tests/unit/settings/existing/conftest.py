"""An environment for machines that exist already, with what every env file must hold, to which tests add."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.settings import ExistingSettings, Loaded

MANDATORY = {"CLOUD": "existing", "NAME_PREFIX": "vega", "NODES": "dgx[01-02]"}


class Load(Protocol):
    """Load the mandatory parameters with others; None takes one away."""

    def __call__(self, **given: str | None) -> Loaded: ...


class Read(Protocol):
    """The settings of such an environment."""

    def __call__(self, **given: str | None) -> ExistingSettings: ...


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
    def run(**given: str | None) -> ExistingSettings:
        return cast("ExistingSettings", loaded(**given).settings)

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


INVENTORIES = Path(__file__).with_name("inventories")
"""In the forms in which users of the guide, of DeepOps and of other playbooks keep them; names and passwords are made
up. CANARY stands for what must appear nowhere."""


class Guide(Protocol):
    """Load an inventory, and files beside it: texts, or names of those in `inventories`."""

    def __call__(self, text: str, /, *, beside: dict[str, str] | None = None, **given: str) -> Loaded: ...


@pytest.fixture
def guide(tmp_path: Path) -> Guide:
    def run(text: str, /, *, beside: dict[str, str] | None = None, **given: str) -> Loaded:
        files = {"inventory": text, **(beside or {})}
        for path, content in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content if "\n" in content else (INVENTORIES / content).read_text())
        environ = {"CLOUD": "existing", "NAME_PREFIX": "vega", "INVENTORY": str(tmp_path / "inventory"), **given}
        return load(environ, "Create")

    return run


@pytest.fixture
def refused(guide: Guide) -> Callable[..., tuple[str, ...]]:
    """The problems of an inventory, which must have some."""

    def run(*args: Any, **given: Any) -> tuple[str, ...]:
        with pytest.raises(SettingsError) as failure:
            guide(*args, **given)
        return failure.value.problems

    return run
