"""What the checkers really print, for tests to have their stand-ins print it."""

from __future__ import annotations

import json
from typing import Any

AZNHC_HEAD = """\
No custom conf file specified, detecting VM SKU...
Running health checks for Standard_nd96isr_h100_v5 SKU...
Running health checks using /opt/azurehpc/test/azurehpc-health-checks/conf/nd96isr_h100_v5.conf and outputting to log
"""
"""elsahan, notes on AzNHC, a run on ND96isr_H100_v5 of 2025-06; so are the lines of successes and AZNHC_P2P."""

AZNHC_SUCCESS = """\
SUCCESS:  nhc:  Health check passed:  check_gpu_count: Expected 8 and found 8
SUCCESS:  nhc:  Health check passed:  check_nccl_allreduce: NCCL all reduce bandwidth test passed, 480.318 GB/s
SUCCESS:  nhc:  Health check passed:  check_ib_link_flapping: No IB link flapping found
Health checks completed with exit code: 0.
"""
AZNHC_P2P = (
    "ERROR:  nhc:  Health check failed:  check_gpu_bw: P2P test on GPU 1 to GPU 0 failed. "
    "Bandwidth 162.45 is less than 335. FaultCode: NHC2020\n"
)
AZNHC_MISSING = (
    "ERROR:  nhc:  Health check failed:  check_gpu_count: Expected to see 8 but found 7. FaultCode: NHC2009\n"
)
"""customTests/azure_gpu_count.nhc of AzNHC."""

AZNHC_SET_UP = (
    "ERROR:  nhc:  Health check failed:  collect_nccl_allreduce_data: nccl_allreduce returned error code 3. "
    "FaultCode: NHCNA\n"
)
"""https://github.com/Azure/azurehpc-health-checks/issues/152, 2025-09."""

AZNHC_WARNING = "WARNING:  nhc:  check_gpu_bw: H2D on GPU 3: 50.1 GB/s. Nearing a failure threshold\n"
AZNHC_FAILED_END = "Health checks completed with exit code: 1.\n"
AZNHC_UNSUPPORTED = "The vm SKU 'standard_nd128isr_ndr_gb200_v6' is currently not supported by Azure health checks.\n"
"""run-health-checks.sh of AzNHC, which ends with exit status 0 then."""

DCGM4_DEPLOYMENT = {
    "category": "Deployment",
    "tests": [
        {
            "name": "software",
            "results": [{"entity_group": "GPU", "entity_group_id": 1, "entity_id": 0, "status": "Pass"}],
            "test_summary": {"status": "Pass"},
        }
    ],
}
PERSISTENCE = (
    "Persistence Mode: Persistence mode for GPU 0 is disabled. Enable persistence mode by running "
    '"nvidia-smi -i <gpuId> -pm 1 " as root.'
)
"""DCGM 4.2.3 on a GB10, 2025: error 29, of severity 5 (config)."""


def dcgm4(*tests: dict[str, Any]) -> str:
    """DCGM 4's document, in the shape of a run of 4.2.3, with these tests of the hardware."""
    categories = [DCGM4_DEPLOYMENT, {"category": "Hardware", "tests": [*tests]}]
    entities = [{"entities": [{"device_id": "2335", "entity_id": 0, "serial_num": "1"}], "entity_group": "GPU"}]
    document = {
        "DCGM Diagnostic": {"test_categories": categories},
        "entity_groups": entities,
        "metadata": {"Driver Version Detected": "570.133.20", "version": "4.2.3"},
    }
    return json.dumps(document, indent="\t")


def dcgm4_test(name: str, status: str, gpu: int = 0, warning: dict[str, Any] | None = None) -> dict[str, Any]:
    """One of its tests, with the result of one GPU."""
    result: dict[str, Any] = {"entity_group": "GPU", "entity_group_id": 1, "entity_id": gpu, "status": status}
    if warning:
        result["warnings"] = [warning]
    return {"name": name, "results": [result], "test_summary": {"status": status}}


def dcgm3(status: str, *warnings: str) -> str:
    """DCGM 3's document, in the shape of NVIDIA/DCGM's own test of its reader (3.1.0, 2023), with a line before it as
    there, and holes in the list of tests."""
    result: dict[str, Any] = {"gpu_ids": "3", "status": status}
    if warnings:
        result["warnings"] = [*warnings]
    tests = [{"name": "Denylist", "results": [{"gpu_ids": "0,1,2,3,4,5,6,7", "status": "PASS"}]}, None]
    memory = {"name": "GPU Memory", "results": [{"gpu_ids": "0", "status": "PASS"}, result]}
    categories = [{"category": "Deployment", "tests": tests}, {"category": "Hardware", "tests": [memory]}]
    document = {"DCGM GPU Diagnostic": {"test_categories": categories, "version": "3.1.0"}}
    return "\tWARNING: THIS SHOULD NOT HAPPEN\n" + json.dumps(document, indent="\t")
