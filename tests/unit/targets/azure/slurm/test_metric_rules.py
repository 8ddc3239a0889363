"""What an Azure Monitor workspace records and warns of."""

from __future__ import annotations

import re

from cluster_provision.targets.azure.slurm.metric_rules import rule_groups

GROUPS = rule_groups()
RULES = [rule for rules in GROUPS.values() for rule in rules]


def test_groups_are_as_azure_takes_them() -> None:
    assert all(1 <= len(rules) <= 20 for rules in GROUPS.values())
    assert [each for each in RULES if ("alert" in each) == ("record" in each)] == []
    assert all(re.fullmatch(r"PT\d+[HM]", each["lasting"]) for each in RULES if "lasting" in each)
    assert {each["severity"] for each in RULES if "alert" in each} == {0, 2}


def test_the_alerts_are_those_of_the_cluster_itself() -> None:
    alerts = {each["alert"]: each for each in RULES if "alert" in each}
    assert alerts["MachineDown"] | {"annotations": {}} == {
        "alert": "MachineDown",
        "expression": 'up{job="node"} == 0',
        "severity": 0,
        "annotations": {},
        "lasting": "PT5M",
    }
    assert "\n" not in alerts["SlurmNodesDown"]["expression"]
    assert len(alerts) == 9


def test_what_gpus_did_is_recorded_for_each_node_and_job() -> None:
    records = {each["record"]: each["expression"] for each in RULES if "record" in each}
    assert records["cluster:gpu_temp:max"] == "max by (cluster, instance, hpc_job) (DCGM_FI_DEV_GPU_TEMP)"
    assert len(records) == 18
