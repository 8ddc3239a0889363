"""Report: tell the cloud of a node whose physical machine is faulty, once the user has seen what is sent."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import ReportingTarget

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.targets.base import Complaint


def report(run: Run) -> str:
    """Show the report on the node that the argument names, and with YES=yes send it; returns the text of either."""
    if not isinstance(run.target, ReportingTarget):
        raise SettingsError(
            (f"Report is for machines of Azure, and this cluster has none (CLOUD={run.target.cluster.cloud})",),
            "Google Cloud takes such reports as support cases; docs/health.md says what can be looked at.",
            where="",
        )
    complaint = run.target.complaint(run.argument)
    text: list[str] = []
    step = Step("report", partial(_report, run.target, complaint, text))
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, step))
    return text[0]


def _report(target: ReportingTarget[Any], complaint: Complaint, text: list[str], run: Run) -> None:
    require_cluster(run)
    found = target.health_report(run.store, complaint)
    if not target.may_send:
        run.result.checks.append(Check("report", "skipped", f"not sent: {json.dumps(found.body())}"))
        shown = json.dumps(found.body(), indent=2)
        again = "`YES=yes` has Report send it."
        text.append(f"Nothing was sent. What would be of {complaint.node}, on {found.host}:\n{shown}\n{again}")
        run.progress.conclude("shown, not sent")
        return
    sent = target.send_report(str(uuid.uuid4()), found)
    run.result.checks.append(Check("report", "ok", sent))
    text.append(f"{complaint.node}, on {found.host}, is reported ({complaint.category}): {sent}")
    run.progress.conclude("sent")
