"""What a run leaves in the state bucket, whatever became of it: its parameters and Terraform's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import ProvisionError
from cluster_provision.settings import known_parameters

if TYPE_CHECKING:
    from cluster_provision.actions.run import Run


def upload_artefacts(run: Run) -> None:
    """Upload the known parameters and the log; a failure here is said and changes nothing else."""
    prefix = run.settings.name_prefix
    parameters = "".join(f"{name}={value}\n" for name, value in known_parameters(run.environ).items())
    try:
        run.store.write(f"{prefix}-env.list", parameters)
        if hasattr(run, "workspace") and run.workspace.log.exists():
            run.store.upload(f"{prefix}-terraform.log", run.workspace.log)
    except ProvisionError as failure:
        run.console.say(f"Warning: the run's log could not be uploaded: {failure.message}")
