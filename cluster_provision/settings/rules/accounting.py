"""The rule for where there is no server of accounting to be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf

if TYPE_CHECKING:
    from cluster_provision.settings.draft import DraftOf


def no_accounting_server(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse a database server of a cloud's own."""
    if draft.orchestrator != "slurm" or not draft.good("accounting") or draft.settings.accounting != "mysql":
        return RuleResultOf()
    problem = (
        "ACCOUNTING=mysql is a server of Azure's, for a cluster there (CLOUD=azure): set local, which keeps the "
        "accounts in a database on the controller"
    )
    return RuleResultOf((problem,), bad=frozenset({"accounting"}))
