"""What an Azure Monitor workspace records and warns of: node/slurm/monitoring/rules.yml's alerts, and what GPUs did.

https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-rule-groups (read 2026-12-01): 20 rules in a group at
most, each with an alert or a record; severity is 0 (critical) to 4, a duration is of ISO 8601.
"""

from __future__ import annotations

from typing import Any

from cluster_provision.slurm.node_scripts import node_script

SEVERITY = {"critical": 0, "warning": 2}
# As the CycleCloud cluster's rule group had it: github.com/vanzod/ccslurm4ai (read 2026-12-01), of each node and job.
_RECORDED = {
    "gpu_temp": "DCGM_FI_DEV_GPU_TEMP",
    "memory_temp": "DCGM_FI_DEV_MEMORY_TEMP",
    "sm_clock": "DCGM_FI_DEV_SM_CLOCK",
    "mem_clock": "DCGM_FI_DEV_MEM_CLOCK",
    "gpu_util": "DCGM_FI_DEV_GPU_UTIL",
    "mem_copy_util": "DCGM_FI_DEV_MEM_COPY_UTIL",
}
_BY = "cluster, instance, hpc_job"


def rule_groups() -> dict[str, list[dict[str, Any]]]:
    """The groups by name, as terraform/modules/azure/monitor takes them."""
    import yaml

    groups = yaml.safe_load(node_script("monitoring/rules.yml"))["groups"]
    found = {str(group["name"]): [_alert(each) for each in group["rules"]] for group in groups}
    return found | {"records": [_record(name, metric, how) for name, metric in _RECORDED.items() for how in _HOW]}


_HOW = ("avg", "min", "max")


def _record(name: str, metric: str, how: str) -> dict[str, Any]:
    return {"record": f"cluster:{name}:{how}", "expression": f"{how} by ({_BY}) ({metric})"}


def _alert(rule: dict[str, Any]) -> dict[str, Any]:
    labels = {name: value for name, value in rule["labels"].items() if name != "severity"}
    lasting = {"lasting": f"PT{str(rule['for']).upper()}"} if "for" in rule else {}
    return {
        "alert": rule["alert"],
        "expression": " ".join(str(rule["expr"]).split()),
        "severity": SEVERITY[rule["labels"]["severity"]],
        "annotations": rule["annotations"],
        **({"labels": labels} if labels else {}),
        **lasting,
    }
