"""What stands in the cloud of each parameter of the machines, and of their network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import Tool

ACCOUNT = "mine@my-project-1.iam.gserviceaccount.com"
REGION = "regions/us-central1"


def last(link: str) -> str:
    return link.rpartition("/")[2]


def properties(tool: Tool) -> dict[str, Any]:
    """What the group makes its machines from."""
    group = tool.listed("zones/us-central1-a/instanceGroupManagers")["demo-mig"]
    found: dict[str, Any] = tool.compute(f"global/instanceTemplates/{last(group['instanceTemplate'])}")["properties"]
    return found


def metadata(tool: Tool) -> dict[str, str]:
    return {each["key"]: each["value"] for each in properties(tool)["metadata"]["items"]}


def test_a_machine_is_what_its_parameters_say(tool: Tool) -> None:
    created = tool.result(
        "Create",
        VM_TYPE="n1-standard-8",
        ACCELERATOR_TYPE="nvidia-tesla-t4",
        GPU_COUNT="2",
        IMAGE_NAME="my-image",
        IMAGE_PROJECT="my-images-1",
        DISK_SIZE_GB="321",
        DISK_TYPE="pd-balanced",
        LABELS='{ team = "x" }',
        SERVICE_ACCOUNT=ACCOUNT,
    )
    machine = properties(tool)
    assert machine["machineType"] == "n1-standard-8"
    (gpus,) = machine["guestAccelerators"]
    assert (gpus["acceleratorType"], gpus["acceleratorCount"]) == ("nvidia-tesla-t4", 2)
    (disk,) = machine["disks"]
    made = disk["initializeParams"]
    assert (disk["boot"], disk["autoDelete"]) == (True, True)
    assert (made["diskType"], int(made["diskSizeGb"])) == ("pd-balanced", 321)
    assert made["sourceImage"].endswith("projects/my-images-1/global/images/my-image")
    labels = {"team": "x", "aiinfra-cluster": created["cluster"]["label"]}
    assert (machine["labels"], made["labels"]) == (labels, labels)
    (account,) = machine["serviceAccounts"]
    assert account["email"] == ACCOUNT
    assert set(tool.listed("zones/us-central1-a/instances")) == {node["name"] for node in created["nodes"]}


def test_without_parameters_a_machine_has_the_documented_defaults(tool: Tool) -> None:
    tool.result("Create")
    machine = properties(tool)
    assert machine["machineType"] == "a2-highgpu-2g"
    (disk,) = machine["disks"]
    assert (disk["initializeParams"]["diskType"], int(disk["initializeParams"]["diskSizeGb"])) == ("pd-ssd", 2000)
    family = "projects/deeplearning-platform-release/global/images/family/pytorch-2-9-cu129-ubuntu-2204-nvidia-580"
    assert disk["initializeParams"]["sourceImage"].endswith(family)
    (account,) = machine["serviceAccounts"]
    assert account["email"] == "demo-nodes@my-project-1.iam.gserviceaccount.com"
    (card,) = machine["networkInterfaces"]
    assert last(card["network"]) == "default"
    assert metadata(tool)["proxy-mode"] == "project_editors"


@pytest.mark.parametrize("notebook", ["yes", "no"])
def test_metadata_stands_below_the_keys_that_machines_need(tool: Tool, notebook: str) -> None:
    given = '{ greeting = "hello", enable-oslogin = "FALSE", install-nvidia-driver = "False", proxy-mode = "mine" }'
    tool.result("Create", METADATA=given, ENABLE_NOTEBOOK=notebook)
    found = metadata(tool)
    assert found["greeting"] == "hello"
    assert found["VmDnsSetting"] == "ZonalPreferred"
    assert found["enable-oslogin"] == "TRUE"
    assert found["install-nvidia-driver"] == "True"
    assert found["proxy-mode"] == ("project_editors" if notebook == "yes" else "mine")


def test_a_new_network_has_a_way_out_and_lets_in_nobody_but_the_tunnel(tool: Tool) -> None:
    tool.result("Create", NETWORK_CONFIG="new_network", EXTERNAL_IP="no")
    (card,) = properties(tool)["networkInterfaces"]
    assert last(card["subnetwork"]) == "demo-dpl-subnet"
    assert not card.get("accessConfigs")
    subnetwork = tool.listed(f"{REGION}/subnetworks")["demo-dpl-subnet"]
    assert subnetwork["privateIpGoogleAccess"]
    (nat,) = tool.listed(f"{REGION}/routers")["demo-dpl-router"]["nats"]
    assert nat["sourceSubnetworkIpRangesToNat"] == "ALL_SUBNETWORKS_ALL_IP_RANGES"
    rules = {name: rule for name, rule in tool.listed("global/firewalls").items() if name.startswith("demo-")}
    assert {name: rule["sourceRanges"] for name, rule in rules.items()} == {
        "demo-dpl-internal": ["10.0.0.0/9"],
        "demo-dpl-iap": ["35.235.240.0/20"],
    }
    assert rules["demo-dpl-iap"]["allowed"] == [{"IPProtocol": "tcp", "ports": ["22", "8080"]}]
