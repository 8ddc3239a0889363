"""Terraform in one run: its working folder, its process, its log, and what the nodes fetch."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_provision.run import Run
    from cluster_provision.state.files import Archive
    from cluster_provision.targets.terraform_target import TerraformTarget
    from cluster_provision.terraform.environment import Providers
    from cluster_provision.terraform.log import Log
    from cluster_provision.terraform.runner import Terraform
    from cluster_provision.terraform.workspace import Workspace


class Session:
    """What the provisioner's steps share. `files` and `samples` are archives that the nodes fetch.

    `former_zone` is the zone that the cluster is to leave, empty for none. `began` says that this run has begun to
    make things. `providers`, `workspace`, `log` and `terraform` are there once the working folder is open.
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
        self.began = False

    @property
    def leaves_region(self) -> bool:
        """Whether the cluster moves to another region, where all of it is made anew."""
        region_of = self.target.region_of
        return bool(self.former_zone) and region_of(self.former_zone) != region_of(self.target.zone)

    def log(self) -> Path | None:
        """Terraform's log, written to the end; None before the working folder is open."""
        if self.opened_log is None:
            return None
        self.opened_log.flush()
        return self.workspace.log

    def close(self, run: Run, *, keep_folder: bool) -> None:
        """End the log; delete the working folder where it was made for this run."""
        if self.opened_log is None:
            return
        self.opened_log.close()
        if run.settings.work_dir is not None:
            return
        if keep_folder:
            run.console.say(f"The rendered files and Terraform's log are in {self.workspace.folder}")
        else:
            shutil.rmtree(self.workspace.folder, ignore_errors=True)
