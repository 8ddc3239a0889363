"""The parameters of a GKE cluster: read with gke alone, and checked against each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.settings import GcpSettings
from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.draft import Draft
from cluster_provision.settings.rules.gcp.gke import custom_node_pools, without_effect

POOL = (
    '{ name = "pool-1", zone = "us-central1-a", node_count = 2, machine_type = "a2-highgpu-2g", '
    'guest_accelerator_count = 2, guest_accelerator_type = "nvidia-tesla-a100" }'
)
POOLS_OF_THE_OLD_TOOL = (
    '[{"name"="sp-test-pool-1","zone"="us-central1-a","node_count"=2,"machine_type"="a2-highgpu-2g",'
    '"guest_accelerator_count"=2,"guest_accelerator_type"="nvidia-tesla-a100"},{"name"="sp-test-pool-2",'
    '"zone"="us-central1-c","node_count"=2,"machine_type"="a2-highgpu-2g","guest_accelerator_count"=2,'
    '"guest_accelerator_type"="nvidia-tesla-a100"}]'
)


def test_parameters_of_another_orchestrator_are_ignored_with_one_line(loaded):
    notes = loaded(GKE_NODE_POOL_COUNT="2", GKE_VERSION="nonsense", CUSTOM_NODE_POOL="[").notes
    (note,) = [note for note in notes if "ignored with ORCHESTRATOR_TYPE=none" in note]
    assert note.endswith("GKE_NODE_POOL_COUNT, GKE_VERSION, CUSTOM_NODE_POOL")


@pytest.mark.parametrize(
    "pools", [f"[{POOL}]", POOLS_OF_THE_OLD_TOOL, f"[{POOL[:-2]}, enable_compact_placement = true }}]"]
)
def test_good_node_pools_are_fine(problems, pools):
    assert not problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=pools)


@pytest.mark.parametrize(
    ("pools", "reason"),
    [
        ("{}", "a list in brackets is needed"),
        ("[{}]", "pool 1 lacks name"),
        ('[{ name = "a" }]', "pool 1 lacks machine_type"),
        (f"[{POOL[:-2]}, colour = 1 }}]", "pool 1 has the unknown key colour"),
        (f"[{POOL}, {POOL}]", "two pools called pool-1"),
        (f"[{POOL.replace('node_count = 2', 'node_count = -1')}]", "pool 1 has node_count = -1"),
        (f"[{POOL.replace('us-central1-a', 'here')}]", "pool 1 has zone = here"),
        (f"[{POOL[:-2]}, enable_compact_placement = maybe }}]", "must be in double quotes"),
    ],
)
def test_malformed_node_pools_get_errors_of_their_own(problems, pools, reason):
    assert any(reason in p for p in problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=pools))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"GKE_NODE_POOL_COUNT": "1", "CUSTOM_NODE_POOL": f"[{POOL}]"}, "exclude each other"),
        ({"GKE_MIN_NODE_COUNT": "3", "GKE_MAX_NODE_COUNT": "2"}, "is more than GKE_MAX_NODE_COUNT=2"),
        ({"GKE_NODE_COUNT_PER_NODE_POOL": "2"}, "GKE_NODE_COUNT_PER_NODE_POOL needs GKE_NODE_POOL_COUNT"),
        ({"GKE_MIN_NODE_COUNT": "2", "GKE_MAX_NODE_COUNT": "3"}, "GKE_MAX_NODE_COUNT needs GKE_NODE_POOL_COUNT"),
        ({"GKE_ENABLE_COMPACT_PLACEMENT": "yes", "GKE_NODE_POOL_COUNT": "0"}, "needs GKE_NODE_POOL_COUNT"),
        (
            {"GKE_ENABLE_COMPACT_PLACEMENT": "yes", "GKE_NODE_POOL_COUNT": "1", "RESERVATION_NAME": "theirs"},
            "the policy of the reservation, if it has one, places machines of a2-highgpu-2g",
        ),
        (
            {"CUSTOM_NODE_POOL": f"[{POOL[:-2]}, enable_compact_placement = true }}]", "RESERVATION_NAME": "theirs"},
            "the policy of RESERVATION_NAME=theirs places machines of a2-highgpu-2g",
        ),
        (
            {"GKE_ENABLE_COMPACT_PLACEMENT": "yes", "GKE_NODE_POOL_COUNT": "1", "VM_TYPE": "n1-standard-8"},
            "VM_TYPE=n1-standard-8 supports no placement policy",
        ),
        (
            {"GKE_ENABLE_COMPACT_PLACEMENT": "yes", "GKE_NODE_POOL_COUNT": "1", "PROVISIONING_MODEL": "flex-start"},
            "exclude each other for VM_TYPE=a2-highgpu-2g; only pools of A4 and A3 Ultra support both",
        ),
        (
            {"CUSTOM_NODE_POOL": f"[{POOL[:-2]}, enable_compact_placement = true }}]"}
            | {"PROVISIONING_MODEL": "flex-start"},
            "which a2-highgpu-2g doesn't support with PROVISIONING_MODEL=flex-start",
        ),
        ({"COMPACT_PLACEMENT": "yes"}, "set GKE_ENABLE_COMPACT_PLACEMENT"),
        ({"NAME_PREFIX": "a" * 29}, "has 29 characters; with ORCHESTRATOR_TYPE=gke at most 28 are allowed"),
        (
            {"GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_NODE_POOL_COUNT": "1", "GKE_MIN_NODE_COUNT": "1"},
            "replaces GKE_MIN_NODE_COUNT",
        ),
        ({"GKE_VERSION": "new"}, "is not a GKE version"),
        ({"GKE_NODE_POOL_COUNT": "x"}, "is not a whole number"),
    ],
)
def test_rules_across_the_parameters_of_gke(problems, given, reason):
    assert any(reason in p for p in problems(ORCHESTRATOR_TYPE="gke", **given))


@pytest.mark.parametrize(
    "given",
    [
        {"GKE_NODE_POOL_COUNT": "0", "GKE_MIN_NODE_COUNT": "0", "GKE_MAX_NODE_COUNT": "0"},
        {"GKE_NODE_POOL_COUNT": "2", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "CUSTOM_NODE_POOL": "[]"},
        {"GKE_NODE_POOL_COUNT": "0", "GKE_ENABLE_COMPACT_PLACEMENT": "false", "CUSTOM_NODE_POOL": f"[{POOL}]"},
        {"GKE_NODE_POOL_COUNT": "2", "GKE_NODE_COUNT_PER_NODE_POOL": "0", "GKE_MAX_NODE_COUNT": "3"},
        {"GKE_NODE_POOL_COUNT": "2", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_MAX_NODE_COUNT": "0"},
        {"GKE_NODE_POOL_COUNT": "2", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "INSTANCE_COUNT": "1"},
    ],
)
def test_a_parameter_that_is_set_to_its_default_is_as_good_as_unset(problems, given):
    assert not problems(ORCHESTRATOR_TYPE="gke", **given)


def test_an_empty_list_of_pools_hides_no_machine_type_that_is_not_sold(problems):
    pools = {"GKE_NODE_POOL_COUNT": "1", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "CUSTOM_NODE_POOL": "[]"}
    (problem,) = problems(ORCHESTRATOR_TYPE="gke", VM_TYPE="a4-highgpu-8g", **pools)
    assert problem.startswith("PROVISIONING_MODEL=standard (the default): VM_TYPE=a4-highgpu-8g is not sold")


def test_pools_of_a_reservation_can_be_close_where_their_series_takes_a_policy_beside_it(problems):
    pools = {"GKE_NODE_POOL_COUNT": "1", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_ENABLE_COMPACT_PLACEMENT": "yes"}
    assert not problems(ORCHESTRATOR_TYPE="gke", VM_TYPE="a4-highgpu-8g", RESERVATION_NAME="theirs", **pools)


def test_flex_start_pools_of_the_series_that_take_it_can_be_close(problems):
    pools = {"GKE_NODE_POOL_COUNT": "1", "GKE_NODE_COUNT_PER_NODE_POOL": "2", "GKE_ENABLE_COMPACT_PLACEMENT": "yes"}
    given = {"VM_TYPE": "a4-highgpu-8g", "PROVISIONING_MODEL": "flex-start", **pools}
    assert not problems(ORCHESTRATOR_TYPE="gke", **given)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("us-central1-a", "us-east1-b", "has zone = us-east1-b, outside the cluster's region, us-central1"),
        ("guest_accelerator_count = 2", "guest_accelerator_count = 4", "carries 2 x nvidia-tesla-a100"),
        ("nvidia-tesla-a100", "nvidia-l4", "has guest_accelerator_type = nvidia-l4, and a2-highgpu-2g carries"),
        ("a2-highgpu-2g", "e2-standard-4", "has guest_accelerator_count = 2, and e2-standard-4 takes no GPUs"),
        ("a2-highgpu-2g", "a3-highgpu-2g", "which is not sold as PROVISIONING_MODEL=standard; it is sold as spot"),
        ('a100" }', 'a100", enable_compact_placement = true }', ""),
    ],
)
def test_a_pools_zone_gpus_and_model_must_fit(problems, old, new, reason):
    found = problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=f"[{POOL.replace(old, new)}]")
    assert any(p.startswith("CUSTOM_NODE_POOL: pool pool-1") and reason in p for p in found) if reason else not found


def test_a_pool_that_takes_no_placement_may_not_ask_for_it(problems):
    pool = POOL.replace("a2-highgpu-2g", "n1-standard-8").replace('-a100" }', '-t4", enable_compact_placement = true }')
    (problem,) = problems(ORCHESTRATOR_TYPE="gke", CUSTOM_NODE_POOL=f"[{pool}]")
    assert (
        problem
        == "CUSTOM_NODE_POOL: pool pool-1 has enable_compact_placement = true, which n1-standard-8 doesn't support"
    )


def test_a_pool_lies_in_one_region_even_where_zones_are_alternatives(problems):
    given = {"ORCHESTRATOR_TYPE": "gke", "ZONE": "us-central1-a,us-east1-b"}
    (problem,) = problems(**given, CUSTOM_NODE_POOL=f"[{POOL}]")
    assert "leave the zone out to use ZONE's" in problem


def draft_of(**given: str) -> Draft:
    """What the rules find of an environment with gke, whether the version has it or not."""
    settings = replace(
        GcpSettings(project_id="my-project-123", name_prefix="a", zone=("us-central1-a",)),
        **{p.field: p.declaration.reader.read(given[p.name]) for p in GCP.parameters if p.name in given},
    )
    return Draft(settings, frozenset(name.lower() for name in given), frozenset(), "gke")


def test_a_pool_without_a_zone_follows_the_cluster_wherever_it_moves():
    pool = POOL.replace('zone = "us-central1-a", ', "")
    found = custom_node_pools(draft_of(CUSTOM_NODE_POOL=f"[{pool}]"))
    assert found.problems == ()
    assert [p.zone for p in found.settings.custom_node_pool] == [""]


def test_what_a_gke_cluster_has_no_use_for_is_said_in_one_line():
    found = without_effect(draft_of(STARTUP_COMMAND="x", LABELS="{}", GCS_MOUNT_LIST="abc:/mnt/x"))
    assert found.notes == (
        "ignored with ORCHESTRATOR_TYPE=gke, whose nodes GKE itself sets up: STARTUP_COMMAND, GCS_MOUNT_LIST",
    )
    assert without_effect(draft_of(LABELS="{}", INSTANCE_COUNT="1")).notes == ()


def test_a_number_of_machines_is_said_to_have_no_effect(loaded):
    given = {"ORCHESTRATOR_TYPE": "gke", "GKE_NODE_POOL_COUNT": "1", "GKE_NODE_COUNT_PER_NODE_POOL": "1"}
    (note,) = [n for n in loaded(**given, INSTANCE_COUNT="2").notes if "INSTANCE_COUNT" in n]
    assert note.startswith("INSTANCE_COUNT=2 is ignored with ORCHESTRATOR_TYPE=gke: the node pools' parameters")
