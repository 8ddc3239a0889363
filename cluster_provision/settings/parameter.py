"""A parameter's declaration, from which parsing, error texts, documents and schema are made."""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster_provision.settings.reading import Reader

T = TypeVar("T")
_KEY = "parameter"
_CONFIDENTIAL = "confidential"


@dataclass(frozen=True, eq=False, repr=False)
class Declaration(Generic[T]):
    """Everything about a parameter except its name, which is its field's name in capitals.

    `default_text` is the documents' text where the default follows from other parameters.
    (The reader declares values that this version does not support.)
    `cloud` is the only one that the parameter belongs to; `all` are all, and `made` those on which machines are made.
    `orchestrator` is the only one that the parameter belongs to; with any other it is ignored.
    `aliases` maps another name of the parameter to the function that converts its value (None: the value is the same).
    A `confidential` value never appears in an error, a log or an upload.
    `run_only` marks parameters of the run itself, not of the cluster.
    """

    reader: Reader[T]
    help: str
    example: str
    default: T | None = None
    default_text: str = ""
    unit: str = ""
    mandatory: bool = False
    cloud: str = "gcp"
    orchestrator: str = ""
    aliases: Mapping[str, Callable[[str], str] | None] = dataclasses.field(default_factory=dict)
    since: str = ""
    confidential: bool = False
    run_only: bool = False


@dataclass(frozen=True)
class Parameter:
    """A declaration with its names: the environment's (`name`), the settings' (`field`), the documents' (`group`)."""

    name: str
    field: str
    group: str
    declaration: Declaration[Any]


def parameter(
    reader: Reader[T],
    *,
    help: str,
    example: str,
    default: T,
    default_text: str = "",
    unit: str = "",
    cloud: str = "gcp",
    orchestrator: str = "",
    aliases: Mapping[str, Callable[[str], str] | None] | None = None,
    since: str = "",
    confidential: bool = False,
    run_only: bool = False,
) -> T:
    """Declare an optional parameter as a dataclass field of the type that `reader` returns."""
    declaration = Declaration(
        reader=reader,
        help=help,
        example=example,
        default=default,
        default_text=default_text,
        unit=unit,
        cloud=cloud,
        orchestrator=orchestrator,
        aliases=aliases or {},
        since=since,
        confidential=confidential,
        run_only=run_only,
    )
    if isinstance(default, dict):
        held: Any = dataclasses.field(default_factory=lambda: dict(default), metadata={_KEY: declaration})
    else:
        held = dataclasses.field(default=default, metadata={_KEY: declaration})
    return cast("T", held)


def mandatory(
    reader: Reader[T],
    *,
    help: str,
    example: str,
    cloud: str = "gcp",
    aliases: Mapping[str, Callable[[str], str] | None] | None = None,
    since: str = "",
) -> T:
    """Declare a mandatory parameter."""
    declaration = Declaration(
        reader=reader, help=help, example=example, mandatory=True, cloud=cloud, aliases=aliases or {}, since=since
    )
    return cast("T", dataclasses.field(metadata={_KEY: declaration}))


def confidential_text() -> str:
    """Declare a text from a user's file that never appears in an error, a log or an upload."""
    return dataclasses.field(default="", repr=False, metadata={_CONFIDENTIAL: True})


def confidential_values(settings: Any) -> tuple[str, ...]:
    """Return the confidential values of a dataclass of parameters: texts, and the values of maps."""
    found: list[str] = []
    for field in dataclasses.fields(settings):
        declaration = field.metadata.get(_KEY)
        if field.metadata.get(_CONFIDENTIAL) or (declaration is not None and declaration.confidential):
            value = getattr(settings, field.name)
            found += value.values() if isinstance(value, dict) else [value]
    return tuple(found)


def parameters_of(group: type[Any]) -> tuple[Parameter, ...]:
    """Return the parameters that dataclass `group` declares, in order; its first doc line is the group's title."""
    title = (group.__doc__ or group.__name__).strip().splitlines()[0].rstrip(".")
    own = inspect.get_annotations(group)
    return tuple(
        Parameter(field.name.upper(), field.name, title, field.metadata[_KEY])
        for field in dataclasses.fields(group)
        if field.name in own and _KEY in field.metadata
    )
