"""Settings during the checks: some values are read, and others are known to be bad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cluster_provision.settings.azure.settings import AzureSettings
from cluster_provision.settings.common import Settings
from cluster_provision.settings.existing.settings import ExistingSettings
from cluster_provision.settings.gcp.settings import GcpSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

S_co = TypeVar("S_co", bound=Settings, covariant=True)


@dataclass(frozen=True)
class DraftOf(Generic[S_co]):
    """`settings` holds defaults where a value is unset or bad; the sets hold field names.

    `given` are the fields that are set, to good or bad values. `bad` are those with an unusable value, and mandatory
    ones that are missing.
    """

    settings: S_co
    given: frozenset[str]
    bad: frozenset[str]
    orchestrator: str

    def good(self, *fields: str) -> bool:
        """Whether rules may use the values of all `fields`."""
        return not self.bad.intersection(fields)

    def said(self, field: str) -> bool:
        """Whether `field` asks for something: its default counts as unset."""
        if field not in self.given or field in self.bad:
            return field in self.given
        return bool(getattr(self.settings, field) != self.settings.__dataclass_fields__[field].default)


@dataclass(frozen=True)
class RuleResultOf(Generic[S_co]):
    """The findings of a rule across fields; `settings` where the rule fills something in.

    `bad` are fields with values that the rule found unusable; later rules ignore them.
    """

    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    settings: S_co | None = None
    bad: frozenset[str] = frozenset()


Draft = DraftOf[GcpSettings]
RuleResult = RuleResultOf[GcpSettings]
AzureDraft = DraftOf[AzureSettings]
AzureRuleResult = RuleResultOf[AzureSettings]
ExistingDraft = DraftOf[ExistingSettings]
ExistingRuleResult = RuleResultOf[ExistingSettings]

if TYPE_CHECKING:
    Rule: TypeAlias = Callable[[Draft], RuleResult]
    AzureRule: TypeAlias = Callable[[AzureDraft], AzureRuleResult]
    ExistingRule: TypeAlias = Callable[[ExistingDraft], ExistingRuleResult]
    AnyRule: TypeAlias = Callable[[DraftOf[Any]], RuleResultOf[Any]]
