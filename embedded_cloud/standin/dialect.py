"""What one provider brings to the core: how its values are written, and what its resources do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Path, Values, type_of_messages


class Manner(Protocol):
    """How a provider writes, reads and compares single values. A module of functions is one."""

    @property
    def FOREIGN(self) -> tuple[str, ...]:
        """Attributes that the API's object never has: Terraform's own, or a part of its address."""

    @property
    def SAYS(self) -> dict[str, str]:
        """Messages as most of its resources word them; {noun}, {cause} and the resource's values are put in."""

    def to_api(self, codec: str, value: Any, names: dict[str, Any]) -> Any:
        """One value as the API wants it; None is not sent. `names` holds what a link may need."""

    def from_api(self, codec: str, value: Any, names: dict[str, Any]) -> Any:
        """One value of the API's as Terraform's state holds it."""

    def planned(self, codec: str, value: Any) -> Any:
        """A configured value as a plan holds it."""

    def same(self, codec: str, old: Any, new: Any) -> bool:
        """Whether two spellings of a value mean the same; `old` is the state's."""


class Lifecycle(Protocol):
    """One resource type's operations, on Terraform's values. All raise Failed or another exception with a message."""

    def create(self, planned: Values) -> Values:
        """The state of the new resource."""

    def read(self, state: Values) -> Values | None:
        """The state as the API tells it; None where the resource is gone."""

    def update(self, prior: Values, planned: Values) -> Values:
        """The state after the change."""

    def delete(self, state: Values) -> None:
        """Returns once it is gone."""


class Failed(Exception):
    """A resource could not be made, changed or deleted: the provider's message, and the state that is left."""

    def __init__(self, message: str, state: Values | None) -> None:
        self.state = state
        super().__init__(message)


class NotRead(Exception):
    """The provider's message about a data source that can't be read."""


class Dialect(Protocol):
    """One provider, once it's configured."""

    def configure(self, config: Values) -> list[type_of_messages]:
        """Take the provider's configuration; gives back diagnostics."""

    def planned(self, name: str, planned: Values, prior: Values | None) -> tuple[Values, list[type_of_messages]]:
        """The plan of a resource of type `name`, with what the provider's code adds to it, and diagnostics."""

    def replaces(self, name: str, prior: Values, planned: Values) -> list[Path]:
        """The changes that need a new resource besides those in the rules: those where it depends on the values."""

    def lifecycle(self, name: str) -> Lifecycle:
        """The operations of a resource type."""

    def data(self, name: str, config: Values) -> Values:
        """The state of a data source. Raises NotRead."""

    def imported(self, name: str, identifier: str) -> Values:
        """The values that an import sets before the first read. Raises ValueError with the provider's message."""

    def stop(self) -> None:
        """Stop: nothing is waited for any more."""
