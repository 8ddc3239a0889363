"""Terraform in one run: its working folder, its process, its log, and what the nodes fetch."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING, Any

from cluster_provision.container import ends_with_the_container
from cluster_provision.errors import CANNOT_LOOK, CredentialsError, StateLocked, StateStoreError
from cluster_provision.provisioners.terraform.own_lock import OwnLock
from cluster_provision.state.base import StateFacts
from cluster_provision.state.heartbeat import beats_in

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.run import Run
    from cluster_provision.state.files import Archive
    from cluster_provision.targets.terraform_target import TerraformTarget
    from cluster_provision.terraform.environment import Providers
    from cluster_provision.terraform.log import Log
    from cluster_provision.terraform.runner import Terraform
    from cluster_provision.terraform.workspace import Workspace


Version = tuple[str, int] | tuple[()]


class Session:
    """What the provisioner's steps share. `files` and `samples` are archives that the nodes fetch.

    `former_zone` is the zone that the cluster is to leave, empty for none. `own_lock` follows this run's locks, None
    before it may take one. `providers`, `workspace`, `log` and `terraform` are there once the working folder is open.
    """

    providers: Providers
    workspace: Workspace
    terraform: Terraform
    opened_log: Log | None = None

    def __init__(self, target: TerraformTarget[Any]) -> None:
        self.target = target
        self.files: Archive | None = None
        self.samples: Archive | None = None
        self.former_zone = ""
        self.own_lock: OwnLock | None = None
        self._found: Version | None = None
        self._made: Version | None = None
        self._changed = False

    @property
    def leaves_region(self) -> bool:
        """Whether the cluster moves to another region, where all of it is made anew."""
        region_of = self.target.region_of
        return bool(self.former_zone) and region_of(self.former_zone) != region_of(self.target.zone)

    @property
    def began(self) -> bool:
        """Whether this run has begun to make things: in an empty place, or since Terraform changes things."""
        if self._found is None:
            return False
        terraform: Terraform | None = getattr(self, "terraform", None)
        return not self._found or bool(terraform and terraform.began)

    def begin(self, run: Run) -> None:
        """Note what is there before this run makes or removes anything."""
        if self._found is None:
            self._found = run.facts.version if run.facts.resources else ()

    def keep(self, run: Run) -> None:
        """From now on this run makes or removes things, and gives signs of life."""
        self.begin(run)
        self.follow(run).beat()

    def follow(self, run: Run) -> OwnLock:
        """What follows the locks of this run's Terraform."""
        if self.own_lock is None:
            self.own_lock = OwnLock(run)
        return self.own_lock

    def note_made(self, run: Run) -> None:
        """Note the state as this run has left it; it only waits and looks from now on."""
        self._made, self._changed = None, True
        with contextlib.suppress(CredentialsError, *CANNOT_LOOK, StateStoreError):
            self._made = run.store.facts().version
        if self.own_lock is not None:
            self.own_lock.wait()

    def require_own(self, run: Run) -> None:
        """Raises StateLocked where another run has made or changed the cluster since this one looked or made it."""
        facts = run.store.facts() if run.store.exists() else StateFacts()
        if self._made is not None:
            own = facts.version == self._made
        elif self._changed:  # and could not be noted
            own = all(each.identity.run == self.follow(run).identity.run for each in beats_in(run.store))
        else:
            own = not facts.resources or facts.version == self._found
        if not own:
            raise StateLocked(
                f"another run has changed {run.target.cluster.name} since this one did; it is left as it is",
                "Look at Status: the cluster may cost money. Destroy removes it, once nobody needs it.",
            )

    def log(self) -> Path | None:
        """Terraform's log, written to the end; None before the working folder is open."""
        if self.opened_log is None:
            return None
        self.opened_log.flush()
        return self.workspace.log

    def close(self, run: Run, *, keep_folder: bool) -> None:
        """Let go of the lock, end the log; delete the working folder where it was made for this run."""
        if self.own_lock is not None:
            self.own_lock.rest()
        if self.opened_log is None:
            return
        self.opened_log.close()
        if run.settings.work_dir is not None:
            return
        if keep_folder:
            folder = self.workspace.folder
            ends = ends_with_the_container(folder)
            until = ", until this container ends; WORK_DIR on a mounted folder keeps them" if ends else ""
            run.console.say(f"The rendered files and Terraform's log are in {folder}{until}")
        else:
            shutil.rmtree(self.workspace.folder, ignore_errors=True)
