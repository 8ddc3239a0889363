"""The Terraform provisioner: the steps by which Terraform makes, compares and removes a cluster."""

from __future__ import annotations

import shlex
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.provisioners.terraform import working_folder as folder
from cluster_provision.provisioners.terraform.making import apply, prepare_store, upload_files
from cluster_provision.provisioners.terraform.place import choose_zone, in_a_zone_with_room, same_zone
from cluster_provision.provisioners.terraform.removal import remove_everything
from cluster_provision.provisioners.terraform.session import Session
from cluster_provision.run import Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from cluster_provision.run import Run
    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.base import Remains
    from cluster_provision.targets.terraform_target import TerraformTarget


class TerraformProvisioner:
    """One run's; it fulfils `Provisioner` for the targets that Terraform makes."""

    removes = "machines, network and state"
    ends = "end it and what it costs"
    stays = "What was made runs on and costs money"
    state_title = "Terraform state file location"

    def __init__(self, target: TerraformTarget[Any]) -> None:
        self._session = session = Session(target)
        open_folder = Step("working folder", partial(folder.open_working_folder, session), folded=True)
        pack = Step("files", partial(folder.pack, session), folded=True)
        render = Step("render", partial(folder.render_with_state, session), each_place=True, folded=True)
        init = Step("terraform init", partial(folder.initialise, session), folded=True)
        render_alone = Step("render", partial(folder.render_without_state, session), folded=True)
        self._reopen = (open_folder, render, init)
        self.choose = (Step("place", partial(choose_zone, session), folded=True),)
        self.find = (Step("place", partial(same_zone, session), folded=True),)
        self.make = (
            open_folder,
            pack,
            Step("state store", partial(prepare_store, session), each_place=True, folded=True),
            Step("upload", partial(upload_files, session), folded=True),
            render,
            init,
            Step("terraform apply", partial(apply, session), each_place=True),
        )
        self.compare = (
            open_folder,
            pack,
            Step("render", partial(folder.render_for_plan, session), folded=True),
            # not the one of `make`, which sets up another backend where CONFIRM compares before the state is there
            Step("terraform init", partial(folder.initialise, session), folded=True),
            Step("terraform plan", partial(folder.compare, session)),
        )
        self.validate = (
            open_folder,
            render_alone,
            Step("terraform init", partial(folder.initialise_without_state, session), folded=True),
            Step("terraform validate", partial(folder.check, session)),
        )
        self.prepare = (open_folder, Step("render", partial(folder.render_for_debug, session)), init)
        self.foresee = (*self._reopen, Step("terraform plan", partial(folder.foresee_removal, session)))
        self.remove = (*self._reopen, Step("terraform destroy", self._destroy))

    @property
    def began(self) -> bool:
        """Whether this run has begun to make things."""
        return self._session.began

    def has_place(self, run: Run) -> bool:
        """Where there is a bucket or container."""
        return run.store.exists()

    @property
    def run_id(self) -> str:
        """This run among others; empty before it may take the lock."""
        own = self._session.own_lock
        return own.identity.run if own is not None else ""

    def require_own(self, run: Run) -> None:
        """Raises StateLocked where another run has made or changed the cluster since this one did."""
        self._session.require_own(run)

    def rest(self, run: Run) -> None:
        """Nothing more is changed: a lock of this run's that was left is released, its signs of life end."""
        if self._session.own_lock is not None:
            self._session.own_lock.rest()

    def facts_before_making(self, run: Run) -> StateFacts:
        """The facts, or those of an empty state where the cluster leaves its region and is made anew."""
        if not self._session.leaves_region:
            return run.facts
        return replace(run.facts, kinds=frozenset(), named=frozenset())

    def attempt(self, run: Run, steps: Callable[[], Iterable[Step]]) -> None:
        """Carry the steps out in the first zone of the settings that has room."""
        in_a_zone_with_room(self._session, run, steps, self._reopen)

    def leftovers(self, run: Run) -> Remains:
        """Remove what Terraform does not know, and look the cloud over for whatever carries the cluster's label."""
        target = self._session.target
        target.sweep(run.store, run.console.say)
        remains = target.leftovers(run.facts)
        if remains.found and target.remove_kept(remains, run.console.say):
            return target.leftovers(run.facts)
        return remains

    def require_folder(self) -> None:
        """There is one."""

    def folder(self) -> Path:
        """The run's working folder, once it is open."""
        return self._session.workspace.folder

    def how_to_look_around(self) -> str:
        """What a person types to use Terraform in the working folder."""
        workspace = self._session.workspace
        config, root = shlex.quote(str(workspace.cli_config)), shlex.quote(str(workspace.root))
        return f"  export TF_CLI_CONFIG_FILE={config}\n  cd {root} && terraform plan"

    def log(self) -> Path | None:
        """Terraform's log, written to the end; None before the working folder is open."""
        return self._session.log()

    def close(self, run: Run, *, keep_folder: bool) -> None:
        """End the log; delete the working folder where it was made for this run."""
        self._session.close(run, keep_folder=keep_folder)

    def _destroy(self, run: Run) -> None:
        self._session.keep(run)
        try:
            done = remove_everything(self._session, run)
        finally:
            run.result.changes = self._session.terraform.planned
            run.result.plan = self._session.terraform.changes
        run.progress.conclude(f"{done.destroy} destroyed")
