"""Destroy that something foreign stands in the way of: it is named, and Destroy goes on once it is gone."""

import pytest
import requests

from tests.integration.conftest import Tool
from tests.integration.gcp.answers import api_error
from tests.integration.gcp.calls import SIGNED, by_hand
from tests.integration.gcp.state import LOCK

FILESTORE = "https://file.googleapis.com/v1"
NEW = {"NETWORK_CONFIG": "new_network"}


def test_a_foreign_firewall_rule_is_named_and_destroy_ends_once_it_is_gone(tool: Tool) -> None:
    tool.result("Create", **NEW)
    rule = {"name": "ssh", "network": "global/networks/demo-dpl-net", "allowed": [{"IPProtocol": "tcp"}]}
    by_hand("POST", "global/firewalls", rule)
    error = tool.result("Destroy", expected=20, **NEW)["error"]
    assert error["class"] == "InUse"
    assert "firewall rule ssh" in error["message"]
    assert "gcloud compute firewall-rules delete ssh --project=my-project-1" in error["advice"]
    by_hand("DELETE", "global/firewalls/ssh")
    tool.nothing_is_left_after_destroy(**NEW)


def test_a_foreign_machine_is_named_and_destroy_ends_once_it_is_gone(tool: Tool) -> None:
    tool.result("Create", **NEW)
    subnet = "regions/us-central1/subnetworks/demo-dpl-subnet"
    properties = {"machineType": "e2-small", "networkInterfaces": [{"subnetwork": subnet}]}
    by_hand("POST", "global/instanceTemplates", {"name": "other", "properties": properties})
    group = {
        "name": "other",
        "targetSize": 1,
        "versions": [{"instanceTemplate": "global/instanceTemplates/other"}],
    }
    by_hand("POST", "zones/us-central1-b/instanceGroupManagers", group)
    error = tool.result("Destroy", expected=20, **NEW)["error"]
    assert "instance other-" in error["message"]
    assert "in us-central1-b" in error["message"]
    by_hand("DELETE", "zones/us-central1-b/instanceGroupManagers/other")
    by_hand("DELETE", "global/instanceTemplates/other")
    tool.nothing_is_left_after_destroy(**NEW)


def protect_server(server: str, *, protected: bool) -> None:
    """As somebody does in the console."""
    url = f"{FILESTORE}/{server}?updateMask=deletionProtectionEnabled"
    asked = requests.patch(url, json={"deletionProtectionEnabled": protected}, headers=SIGNED, timeout=10)
    assert asked.ok, asked.text


def test_a_protected_file_server_comes_with_the_command_that_lifts_it(tool: Tool) -> None:
    share = {"NFS_FILESHARE_LIST": "/mnt/a:BASIC_HDD:1024"}
    tool.result("Create", **share)
    folder = f"{FILESTORE}/projects/my-project-1/locations/us-central1-a/instances"
    (server,) = (each["name"] for each in requests.get(folder, headers=SIGNED, timeout=10).json()["instances"])
    protect_server(server, protected=True)
    error = tool.result("Destroy", expected=20, **share)["error"]
    assert error["advice"].splitlines()[-1] == (
        f"  gcloud filestore instances update {server.rpartition('/')[2]} --project=my-project-1 "
        "--location=us-central1-a --no-deletion-protection"
    )
    protect_server(server, protected=False)
    tool.nothing_is_left_after_destroy(**share)


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [(403, "Required 'compute.instanceGroupManagers.delete' permission", 11), (400, "nobody knows", 20)],
)
def test_a_destroy_that_fails_says_so_by_its_exit_code_and_keeps_the_state(
    tool: Tool, status: int, message: str, code: int
) -> None:
    tool.result("Create")
    match = {"method": "DELETE", "host": "compute.googleapis.com", "path": "instanceGroupManagers"}
    tool.goes_wrong({"match": match, **api_error(status, message)})
    result = tool.result("Destroy", expected=code)
    assert not result["ok"]
    assert message in result["error"]["message"]
    assert not tool.bucket().blob(LOCK).exists()
    tool.goes_wrong()
    tool.nothing_is_left_after_destroy()
