"""Having Terraform remove everything, and what the cloud itself made beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import ProvisionError, TerraformError
from cluster_provision.provisioners.terraform.pending_operations import settle

if TYPE_CHECKING:
    from cluster_provision.result import Changes
    from cluster_provision.run import Run


def remove_everything(run: Run) -> Changes:
    """What was removed. Where something that the cloud made keeps a resource from being deleted, that goes first.

    What keeps it from going is said, and is no reason to forget what Terraform ended with.
    """
    settle(run)
    try:
        done = run.terraform.apply(destroy=True)
    except TerraformError as failure:
        try:
            swept = run.target.sweep(run.store, run.console.say)
        except ProvisionError as kept:
            run.console.say(f"  {' '.join(kept.message.split())}")
            raise failure from kept
        if not swept:
            raise
        done = run.terraform.apply(destroy=True)
    run.target.sweep(run.store, run.console.say)
    return done
