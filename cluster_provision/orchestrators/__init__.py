"""The orchestrators by the value of ORCHESTRATOR_TYPE: the one place that knows which ones run on machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.orchestrators.none import NoOrchestrator
from cluster_provision.orchestrators.ray import Ray

if TYPE_CHECKING:
    from cluster_provision.orchestrators.base import Orchestrator

ORCHESTRATORS: dict[str, Orchestrator] = {each.name: each for each in (NoOrchestrator(), Ray())}
