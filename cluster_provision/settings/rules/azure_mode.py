"""How the scale set holds its machines, by their size."""

from __future__ import annotations

from dataclasses import replace

from cluster_provision.settings.draft import AzureDraft, AzureFinding


def mode(draft: AzureDraft) -> AzureFinding:
    """Where ORCH_MODE is unset, uniform for InfiniBand, which Azure documents in a single placement group alone."""
    if not draft.good("sku", "orch_mode") or "orch_mode" in draft.given:
        return AzureFinding()
    settings = draft.settings
    return AzureFinding(settings=replace(settings, orch_mode="uniform" if settings.infiniband else "flexible"))
