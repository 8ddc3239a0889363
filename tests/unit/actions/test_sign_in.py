"""Signing in tells who asks, and which cluster it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cluster_provision.actions.steps import sign_in
from cluster_provision.clouds.base import Identity
from cluster_provision.result import Cluster, Result


def test_the_result_has_the_label_that_is_known_once_the_subscription_was_looked_up() -> None:
    target = SimpleNamespace(cluster=Cluster("demo", "before", "azure", "slurm"))

    def found(_: Any) -> tuple[Identity, str]:
        target.cluster = Cluster("demo", "after", "azure", "slurm")
        return Identity("somebody", "a file"), "subscription Research"

    target.sign_in = found
    run: Any = SimpleNamespace(
        target=target,
        console=SimpleNamespace(interactive=False),
        environ={},
        result=Result("create", cluster=Cluster("demo", "before", "azure", "slurm")),
        progress=SimpleNamespace(conclude=lambda _: None),
    )
    sign_in(run)
    assert run.result.cluster.label == "after"
