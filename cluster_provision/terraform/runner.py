"""Runs Terraform's commands in one working folder, for the actions."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from cluster_provision.errors import Interrupted, ProvisionError, TerraformError, Unreachable
from cluster_provision.result import Changes, PlannedChange
from cluster_provision.terraform.binary import require_recent
from cluster_provision.terraform.failures import Diagnostic, failure, went_through
from cluster_provision.terraform.lock_words import lock_id
from cluster_provision.terraform.stream import FLAG, TimedOut, capture, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cluster_provision.interruption import Interruption
    from cluster_provision.private import Private
    from cluster_provision.terraform.failures import Dialect
    from cluster_provision.terraform.log import Log
    from cluster_provision.terraform.stream import Event

INIT_LIMIT_SECONDS = 300.0
"""Downloading the providers over a slow line takes minutes; an `init` that hangs takes ten."""


WORKS = frozenset({"refresh_start", "refresh_complete", "planned_change", "resource_drift", "change_summary"})
"""Events that come only once Terraform holds the lock, in a command that takes one."""

FRAME = re.compile("[╷│╵]")


class LockKeeper(Protocol):
    """Whoever follows the lock that a Terraform of this run takes."""

    def begins(self) -> None:
        """A Terraform begins that may take the lock."""

    def holds(self) -> None:
        """It is at work, so it holds the lock."""

    def ended(self) -> None:
        """It has ended well."""

    def failed(self, failure: ProvisionError, named: str, *, went_through: bool) -> ProvisionError | None:
        """What its failure comes to; None where it did its work, and the lock that it left is released by now.

        `named` is the lock that it named itself, empty for none. `went_through`: it could only not release its lock.
        """


@dataclass(frozen=True)
class Planned:
    """A resource that will be made: Terraform's type, and the values known beforehand."""

    kind: str
    values: dict[str, Any]


class Terraform:
    """Runs `program` in `folder`.

    `tell(message, kind, done, total)` gets what a user wants to see of it, `kind` being a resource's Terraform type.
    `dialect` is how the cloud's provider tells of its failures, `keeper` follows the lock where there is one to follow.
    `began` says that a Terraform has begun to change things; `changes` are those of the last plan, one by one.
    """

    def __init__(
        self,
        program: str,
        folder: Path,
        environment: Mapping[str, str],
        interruption: Interruption,
        log: Log,
        private: Private,
        tell: Callable[[str, str, int, int], None],
        dialect: Dialect,
        keeper: LockKeeper | None = None,
    ) -> None:
        self.program = program
        self.folder = folder
        self.environment = environment
        self.interruption = interruption
        self.log = log
        self.private = private
        self.tell = tell
        self.dialect = dialect
        self.keeper = keeper
        self.began = False
        self.planned: Changes | None = None
        self.changes: tuple[PlannedChange, ...] = ()
        self.done = Changes()
        self._version = ""

    def init(self, *, backend: bool = True, locked_providers: bool = True) -> None:
        """Run `terraform init`.

        With `locked_providers`, the committed lock file must hold for the installed providers.
        """
        options: dict[str, Any] = {"backend": backend, "reconfigure": FLAG}
        if locked_providers:
            options["lockfile"] = "readonly"
        self._version = ""
        try:
            if not self._run("init", limit_seconds=INIT_LIMIT_SECONDS, locks=backend, **options):
                self._run("init", limit_seconds=INIT_LIMIT_SECONDS, locks=backend, **options)
        except TimedOut:
            raise _init_not_ended() from None
        except TerraformError:
            require_recent(self._version)  # an old version doesn't know our flags
            raise
        require_recent(self._version)

    def validate(self) -> None:
        """Run `terraform validate`. Raises TerraformError with its diagnostics."""
        said: list[str] = []
        status = self._stream("validate", lambda event: said.append(str(event.get("@message", ""))))
        if status != 0:
            raise self._failure("validate", _diagnostics_of("\n".join(said)))

    def plan(self, *, refresh: bool = True, destroy: bool = False) -> Changes:
        """Run `terraform plan`, without the lock: it writes nothing, and a reader may not be allowed to lock.

        Without `refresh`, it compares the settings with the state alone. With `destroy`, it plans the end of all.
        """
        options: dict[str, Any] = {"destroy": FLAG} if destroy else {}
        self._run("plan", lock=False, **options, **({} if refresh else {"refresh": False}))
        return self.planned or Changes()

    def apply(self, *, destroy: bool = False) -> Changes:
        """Plan and apply, or destroy, in one process. Returns what was changed.

        `planned` holds the planned changes once Terraform has begun to make them, None before. One process avoids the
        provider's second start and a plan file, which would hold all variables.
        """
        options = {"destroy": FLAG} if destroy else {}
        self.done = Changes()
        if not self._run("apply", locks=True, auto_approve=FLAG, **options):
            self.done = self.planned or Changes()  # it counts them only at the very end
        return self.done

    def to_be_made(self) -> dict[str, Planned]:
        """Return what `terraform apply` would make now, by address.

        The plan's file holds all variables, and is deleted.
        """
        plan = self.folder / "to-be-made.tfplan"
        shown: dict[str, Any] = {}
        try:
            self._run("plan", out=str(plan), lock=False)
            self._stream("show", shown.update, str(plan))
        finally:
            plan.unlink(missing_ok=True)
        changes = [c for c in shown.get("resource_changes", ()) if c["change"]["actions"] == ["create"]]
        return {str(c["address"]): Planned(str(c["type"]), dict(c["change"]["after"])) for c in changes}

    def mend(self, change: Callable[[str, dict[str, Any]], bool]) -> None:
        """Let `change` correct the state, one instance of a managed resource at a time.

        It gets the resource's type and the instance from the state, and returns whether it changed the instance.
        """
        state = json.loads(self._state("pull"))
        changed = [
            change(str(resource.get("type", "")), instance)
            for resource in state.get("resources", ())
            if resource.get("mode") == "managed"
            for instance in resource.get("instances", ())
        ]
        if any(changed):
            self._state("push", "-", told=json.dumps({**state, "serial": int(state["serial"]) + 1}))

    def forget(self, addresses: Sequence[str]) -> None:
        """Take these resources out of the state; they stay in the cloud."""
        self._state("rm", *addresses)

    def _state(self, command: str, *arguments: str, told: str = "") -> str:
        """Run `terraform state <command>` and return its output, which has no machine-readable form."""
        self.log.heading(f"terraform state {command}")
        status, printed, said = capture(
            self.program, self.folder, self.environment, self.interruption, f"state {command}", *arguments, told=told
        )
        if status != 0:
            raise self._failure(f"state {command}", _diagnostics_of(said))
        return printed

    def _run(self, command: str, *, limit_seconds: float | None = None, locks: bool = False, **options: Any) -> bool:
        """Run it; whether it ended well. False where it did its work, and its lock had to be released for it."""
        keeper = self.keeper if locks else None
        self.changes = () if command != "init" else self.changes
        diagnostics: list[Diagnostic] = []
        raw: list[Diagnostic] = []  # lines that are no events: a panic, a flag that an old Terraform doesn't know
        done, begun = 0, False

        def on_event(event: Event) -> None:
            nonlocal done, begun
            self.log.write(event)
            kind = event.get("type")
            if keeper is not None and kind in WORKS:
                keeper.holds()
            if kind == "version":
                self._version = str(event["terraform"])
            elif kind == "diagnostic":
                diagnostics.append(_diagnostic(event["diagnostic"]))
            elif kind == "raw" and event["@message"]:
                raw.append(Diagnostic("error", event["@message"]))
            elif kind == "planned_change":
                self.changes += _changes(event["change"])
            elif kind == "change_summary":
                given = event["changes"]
                changes = Changes(given["add"], given["change"], given["remove"])
                if given["operation"] == "plan":
                    self.planned = changes
                else:
                    self.done = changes
            elif kind in ("apply_start", "apply_progress", "apply_complete") and event["hook"]["action"] != "read":
                done, begun = done + (kind == "apply_complete"), True
                self._tell(event, done)

        named = "destroy" if "destroy" in options else command
        with _followed(keeper):
            status = self._stream(command, on_event, limit_seconds=limit_seconds, input=False, **options)
        if status == 0:
            if keeper is not None:
                keeper.ended()
            return True
        told = diagnostics or raw
        whole = went_through(told)
        if not (begun or whole):
            self.planned, self.changes = None, ()  # a plan that failed is told in part
        failed: ProvisionError | None
        failed = _killed(named, -status) if status < 0 and not diagnostics else self._failure(named, told)
        if keeper is not None:
            lock = next((found for d in told if (found := lock_id(d.text()))), "")
            failed = keeper.failed(failed, lock, went_through=whole)
        if failed is not None:
            raise failed
        return False

    def _tell(self, event: Event, done: int) -> None:
        self.began = True
        message = str(event["@message"]).partition(" [id=")[0]
        planned = self.planned or Changes()
        total = planned.add + planned.change + planned.destroy
        self.tell(self.private.strike(message), str(event["hook"]["resource"]["resource_type"]), done, total)

    def _failure(self, command: str, told: list[Diagnostic]) -> ProvisionError:
        return failure(command, [d.without(self.private) for d in told], self.dialect)

    def _stream(self, command: str, on_event: Callable[[Event], None], *arguments: str, **options: Any) -> int:
        self.log.heading(f"terraform {command}")
        terraform = (self.program, self.folder, self.environment, self.interruption)
        try:
            return stream(*terraform, on_event, command, *arguments, **options)
        finally:
            self.log.flush()


def _killed(command: str, number: int) -> TerraformError:
    """Terraform did not end by itself."""
    known = number in {each.value for each in signal.Signals}
    name = signal.Signals(number).name if known else f"signal {number}"
    why = " The kernel does so where memory runs out: give this run more of it." if number == signal.SIGKILL else ""
    return TerraformError(
        f"terraform {command} was ended from outside by {name}: it could neither save its state nor release its lock."
        f"{why}",
        "Run the same command again to go on from here: it takes over what was made and could not be noted.",
    )


@contextlib.contextmanager
def _followed(keeper: LockKeeper | None) -> Iterator[None]:
    """Within the block, a Terraform runs. One that was interrupted or cut off may leave its lock: that is told with
    what it ended with."""
    if keeper is None:
        yield
        return
    keeper.begins()
    try:
        yield
    except Interrupted as ended:
        keeper.failed(ended, "", went_through=False)
        raise
    except TimedOut:
        raise keeper.failed(_init_not_ended(), "", went_through=False) or _init_not_ended() from None


def _init_not_ended() -> Unreachable:
    return Unreachable(
        f"terraform init did not end within {INIT_LIMIT_SECONDS:.0f} seconds",
        "The state bucket or the provider registry does not answer; check the network and run the same command again.",
    )


_ACTIONS: dict[str, Literal["create", "change", "replace", "destroy"]] = {
    "create": "create",
    "update": "change",
    "replace": "replace",
    "delete": "destroy",
}


def _changes(given: Event) -> tuple[PlannedChange, ...]:
    """What a planned change comes to: nothing for one that changes nothing, and for data, which are only read."""
    action, resource = _ACTIONS.get(str(given.get("action"))), given["resource"]
    if action is None or str(resource["resource"]).startswith("data."):
        return ()
    return (PlannedChange(action, str(resource["resource_type"]), str(resource["addr"])),)


def _diagnostic(given: Event) -> Diagnostic:
    return Diagnostic(
        severity=given.get("severity", "error"),
        summary=given.get("summary", ""),
        detail=given.get("detail", ""),
        address=given.get("address", ""),
    )


def _diagnostics_of(text: str) -> list[Diagnostic]:
    """Parse what `validate -json` prints: one object, over several lines."""
    try:
        return [_diagnostic(d) for d in json.loads(text)["diagnostics"]]
    except (ValueError, KeyError, TypeError):
        return [Diagnostic("error", FRAME.sub(" ", text))]
