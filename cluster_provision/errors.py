"""One class for each failure: its exit code, its message, and what the user should do next.

Every failure that a user can meet is one of these. Anything else is a defect, which the command line reports as
`UnexpectedError` with the path of a log.
"""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ProvisionError(Exception):
    """A failure with a known cause.

    `message` says what is wrong, in one or a few lines; `advice` says what to do next;
    `exit_code` is the process's exit status (docs/exit-codes.md).
    """

    exit_code: ClassVar[int] = 1
    advice: str = ""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice or type(self).advice


class UnexpectedError(ProvisionError):
    """A defect of this tool, or a situation that it does not know."""

    exit_code = 1


class SettingsError(ProvisionError):
    """The environment has unusable values; `problems` has a line for each of them.

    `where` names the place of the problems, if it isn't the settings.
    """

    exit_code = 2
    advice = "Correct the lines above in your env file and run the same command again; nothing was changed."

    def __init__(self, problems: tuple[str, ...], advice: str = "", where: str = " in the settings") -> None:
        super().__init__(_listed(problems, where), advice)
        self.where = where
        self.problems = problems


class CredentialsError(ProvisionError):
    """There are no credentials, or they are expired or refused."""

    exit_code = 10


class NoCredentials(CredentialsError):
    """There are none. A person at a terminal can log in; one of the `awaited` files would be used then."""

    def __init__(self, message: str, advice: str, awaited: tuple[Path, ...]) -> None:
        super().__init__(message, advice)
        self.awaited = awaited


class KeyRefused(CredentialsError):
    """The machine accepts none of the available SSH keys, or there are none."""


class PermissionDenied(ProvisionError):
    """The credentials are good, but may not do this."""

    exit_code = 11


class PlaceClosed(PermissionDenied):
    """The cloud has this place, but not for this project or subscription: another place may be open to it."""


class QuotaError(ProvisionError):
    """The project's quota does not allow this cluster."""

    exit_code = 12


class CapacityError(ProvisionError):
    """The cloud has no such machines in this zone now."""

    exit_code = 13


class StateLocked(ProvisionError):
    """Another run holds the lock of this cluster's state."""

    exit_code = 14


class Unreachable(ProvisionError):
    """An endpoint does not answer."""

    exit_code = 15


class HostKeyMismatch(Unreachable):
    """Another machine than the wanted one answers at its address, or its identity can't be proven."""


class StateStoreError(ProvisionError):
    """The state store is missing, not ours, not readable or not writable."""

    exit_code = 16


class MachineError(ProvisionError):
    """This machine can't do the work: disk full, no Terraform, no container engine."""

    exit_code = 17


class PriceError(ProvisionError):
    """The cluster costs more than the user's limit, or its price is unknown."""

    exit_code = 18


class TerraformError(ProvisionError):
    """Terraform failed for a reason that has no class of its own."""

    exit_code = 20


class Refused(TerraformError):
    """The cloud refuses what the tool itself asks for, in words that have no class of their own."""


class InUse(TerraformError):
    """Terraform can't delete something because a resource outside the cluster uses it."""


class AlreadyThere(TerraformError):
    """Terraform can't make something because the name is taken; `addresses` are Terraform's addresses."""

    def __init__(self, message: str, advice: str, addresses: tuple[str, ...]) -> None:
        super().__init__(message, advice)
        self.addresses = addresses


class NotReady(ProvisionError):
    """Something did not become ready in time: nodes, groups, clusters, notebooks, operations."""

    exit_code = 21


class Unhealthy(ProvisionError):
    """Nodes are up but failed their health checks."""

    exit_code = 22


class Leftovers(ProvisionError):
    """Destroy ended, but resources of this cluster are still there."""

    exit_code = 23


class NodeSetupError(ProvisionError):
    """A node's own set-up, or the user's startup command, failed."""

    exit_code = 24


class CommandFailed(ProvisionError):
    """A command that the user ran on the nodes failed there."""

    exit_code = 24


class Interrupted(ProvisionError):
    """A signal ended the run: `exit_code` is 128 plus its number."""

    exit_code = 130

    def __init__(self, message: str, signal_number: int, advice: str = "") -> None:
        super().__init__(message, advice)
        self.signal_number = signal_number


def exit_code_of(error: ProvisionError) -> int:
    """Return the exit status for `error`; an interruption's depends on its signal."""
    return 128 + error.signal_number if isinstance(error, Interrupted) else error.exit_code


def one_of_all(failures: Sequence[ProvisionError]) -> ProvisionError:
    """Combine the failures into one, with the class of the lowest exit code."""
    if len(failures) == 1:
        return failures[0]
    problems = tuple(p for f in failures for p in (f.problems if isinstance(f, SettingsError) else (f.message,)))
    advice = _advices(failures)
    first = min(failures, key=exit_code_of)
    if isinstance(first, SettingsError):
        return SettingsError(
            problems, advice, "" if any(type(f) is not SettingsError for f in failures) else first.where
        )
    told: type[ProvisionError] = type(first)
    return told(_listed(problems), advice)


def _listed(problems: tuple[str, ...], where: str = "") -> str:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{count}{where}:\n" + "\n".join("  - " + p.replace("\n", "\n    ") for p in problems)


def _subject(failure: ProvisionError) -> str:
    if isinstance(failure, SettingsError):
        return "The settings"
    return shorten(failure.message.partition("\n")[0].partition(":")[0], SUBJECT_LETTERS, placeholder=" …")


def _advices(failures: Sequence[ProvisionError]) -> str:
    """Each advice once; where there are several, with the beginning of what it is for."""
    told: dict[str, list[str]] = {}
    for failure in failures:
        if failure.advice:
            told.setdefault(failure.advice, []).append(_subject(failure))
    if len(told) < 2:
        return "".join(told)
    return "\n".join(f"{', '.join(dict.fromkeys(subjects))}: {advice}" for advice, subjects in told.items())


SUBJECT_LETTERS = 70

CANNOT_LOOK = (PermissionDenied, Unreachable, Refused, UnexpectedError)
"""What a look raises that was refused, or not answered: what it was for is unknown then, never absent."""
