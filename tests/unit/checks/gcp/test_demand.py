"""What a cluster adds to the usage of quotas, from its settings and from what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.checks.gcp.demand import demands
from cluster_provision.checks.gcp.machine_pools import to_make
from cluster_provision.settings.readers.gcp.file_shares import FileShare
from cluster_provision.settings.readers.gcp.maps import NodePool
from tests.unit.checks.gcp.subjects import REGION, ZONE, subject

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject


def amounts(asked: GcpSubject) -> dict[str, int]:
    return {d.metric: d.amount for d in demands(asked, ZONE)}


def test_machines_need_gpus_vcpus_disks_and_addresses_once_for_each_that_is_added() -> None:
    asked = subject((ZONE, "a2-highgpu-2g"), instance_count=3)
    assert amounts(asked) == {
        "NVIDIA_A100_GPUS": 4,
        "GPUS_ALL_REGIONS": 4,
        "A2_CPUS": 48,
        "CPUS_ALL_REGIONS": 48,
        "SSD_TOTAL_GB": 4000,
        "INSTANCES": 2,
        "IN_USE_ADDRESSES": 2,
    }


def test_machines_of_another_region_or_of_nobody_are_no_part_of_it() -> None:
    assert amounts(subject(("us-east1-b", "a2-highgpu-2g"), instance_count=1))["INSTANCES"] == 1
    assert amounts(subject(instance_count=2, external_ip=False)).get("IN_USE_ADDRESSES") is None


def test_a_group_whose_type_changes_makes_no_machines_beside_those_that_it_has() -> None:
    assert amounts(subject((ZONE, "a2-highgpu-2g"), vm_type="a2-ultragpu-1g", instance_count=1)) == {}


def test_node_pools_count_at_their_greatest_and_each_by_its_own_type() -> None:
    pool = NodePool("p", "us-east1-b", 2, "n1-standard-8", 4, "nvidia-tesla-t4")
    pools = {"gke_node_pool_count": 2, "gke_min_node_count": 1, "gke_max_node_count": 3, "custom_node_pool": (pool,)}
    asked = subject((ZONE, "a2-highgpu-2g"), (ZONE, "e2-small"), orchestrator_type="gke", **pools)
    assert [(m.machine_type, count) for m, count in to_make(asked, ZONE)] == [
        ("a2-highgpu-2g", 5),
        ("n1-standard-8", 2),
    ]
    found = {(d.metric, d.place): d.amount for d in demands(asked, ZONE)}
    assert found["NVIDIA_A100_GPUS", REGION] == 10
    assert found["NVIDIA_T4_GPUS", "us-east1"] == 8
    assert found["CPUS", "us-east1"] == 16


def test_flex_start_counts_on_preemptible_quotas_and_knows_the_regular_one() -> None:
    asked = subject(provisioning_model="flex-start", vm_type="a3-highgpu-8g", accelerator_type="nvidia-h100-80gb")
    (gpus,) = [d for d in demands(asked, ZONE) if "H100" in d.metric]
    assert (gpus.metric, gpus.regular) == ("PREEMPTIBLE_NVIDIA_H100_GPUS", "NVIDIA_H100_GPUS")
    assert gpus.source
    assert gpus.source.quota == "PREEMPTIBLE-NVIDIA-H100-GPUS-per-project-region"


def test_what_comes_with_a_machine_type_is_counted_by_its_family() -> None:
    def ssds(**settings: Any) -> int:
        return amounts(subject(**settings))["LOCAL_SSD_TOTAL_GB_PER_VM_FAMILY"]

    assert ssds(vm_type="a3-highgpu-8g") == 6000
    assert ssds(vm_type="a4x-highgpu-4g") == 12000
    (cpus,) = [d for d in demands(subject(vm_type="a3-highgpu-8g"), ZONE) if d.metric == "CPUS_PER_VM_FAMILY"]
    assert cpus.source
    assert (cpus.amount, cpus.source.dimensions) == (208, (("vm_family", "A3"),))


def test_networks_and_shares_count_until_the_state_holds_them() -> None:
    settings: dict[str, Any] = {
        "network_config": "multi_nic_network",
        "vm_type": "a3-megagpu-8g",
        "nfs_fileshare_list": (FileShare("/a", "ENTERPRISE", 1024), FileShare("/b", "ENTERPRISE", 1024)),
    }
    found = amounts(subject(**settings))
    assert (found["NETWORKS"], found["SUBNETWORKS"], found["EnterpriseStorageGibPerRegion"]) == (9, 9, 2048)
    there = amounts(subject(kinds=("google_compute_network", "google_filestore_instance"), **settings))
    assert not {"NETWORKS", "SUBNETWORKS", "EnterpriseStorageGibPerRegion"} & set(there)


def test_rdma_has_a_network_with_a_subnetwork_a_card() -> None:
    found = amounts(subject(network_config="multi_nic_network", vm_type="a4-highgpu-8g"))
    assert (found["NETWORKS"], found["SUBNETWORKS"]) == (3, 10)


def test_gke_makes_networks_for_the_layouts_that_it_knows_alone() -> None:
    settings = {"network_config": "multi_nic_network", "orchestrator_type": "gke", "gke_node_pool_count": 1}
    assert amounts(subject(vm_type="a2-highgpu-2g", **settings))["NETWORKS"] == 1
    assert amounts(subject(vm_type="a3-megagpu-8g", **settings))["NETWORKS"] == 9
