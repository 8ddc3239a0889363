"""Google's resources by their paths: what they are called, and the commands that delete them."""

import pytest

from cluster_provision.clouds.gcp.resources import account_path, deletion_order, leftover
from cluster_provision.targets.gcp.leftovers import account_email

ROOT = "https://www.googleapis.com/compute/v1/projects/p"


@pytest.mark.parametrize(
    ("reference", "text", "command"),
    [
        (f"{ROOT}/global/firewalls/ssh", "firewall rule ssh", "compute firewall-rules delete ssh --project=p"),
        (
            f"{ROOT}/zones/z-1/instanceGroupManagers/g",
            "instance group g in z-1",
            "compute instance-groups managed delete g --project=p --zone=z-1",
        ),
        (
            "projects/p/regions/r1/subnetworks/s",
            "subnetwork s in r1",
            "compute networks subnets delete s --project=p --region=r1",
        ),
        ("projects/p/global/addresses/a", "address a", "compute addresses delete a --project=p --global"),
        ("projects/p/regions/r1/addresses/a", "address a in r1", "compute addresses delete a --project=p --region=r1"),
        (
            "projects/p/zones/z-1/instances/vm",
            "instance vm in z-1",
            "compute instances delete vm --project=p --zone=z-1",
        ),
        (
            "projects/p/locations/z-1/instances/nfs",
            "file server nfs in z-1",
            "filestore instances delete nfs --project=p --location=z-1",
        ),
        (
            "projects/p/locations/r1/clusters/c",
            "GKE cluster c in r1",
            "container clusters delete c --project=p --location=r1",
        ),
    ],
)
def test_a_resource_is_told_with_its_command(reference: str, text: str, command: str) -> None:
    found = leftover(reference)
    assert (found.text(), found.command) == (text, f"gcloud {command}")


def test_a_resource_without_a_known_command_is_named() -> None:
    assert leftover("projects/p/global/networkInstances/v1").text() == "networkInstances v1"
    assert leftover("default-route-8c69958e61aaef4b").text() == "resource default-route-8c69958e61aaef4b"


def test_each_comes_once_and_after_what_uses_it() -> None:
    paths = ("global/networks/n", "regions/r/subnetworks/s", "zones/z/instances/i", "global/networks/n")
    assert [each.kind for each in deletion_order(leftover(f"projects/p/{path}") for path in paths)] == [
        "instance",
        "subnetwork",
        "network",
    ]


@pytest.mark.parametrize(
    ("prefix", "ending", "account"),
    [
        ("demo", "nodes", "demo-nodes"),
        ("a" * 24, "nodes", f"{'a' * 24}-nodes"),
        ("a" * 25, "nodes", f"{'a' * 17}-2f521e-nodes"),
        ("demo", "gke-nodes", "demo-gke-nodes"),
    ],
)
def test_the_accounts_name_is_the_one_that_terraform_gives(prefix: str, ending: str, account: str) -> None:
    assert account_email(prefix, ending, "p") == f"{account}@p.iam.gserviceaccount.com"


def test_an_account_of_a_project_in_a_domain_has_it_in_its_address() -> None:
    assert account_email("demo", "nodes", "example.com:p") == "demo-nodes@p.example.com.iam.gserviceaccount.com"


@pytest.mark.parametrize(
    ("email", "project"),
    [
        ("demo-nodes@my-project-1.iam.gserviceaccount.com", "my-project-1"),
        ("demo-nodes@p.example.com.iam.gserviceaccount.com", "example.com:p"),
        ("123-compute@developer.gserviceaccount.com", "-"),
    ],
)
def test_an_account_is_looked_up_in_its_own_project(email: str, project: str) -> None:
    assert account_path(email) == f"projects/{project}/serviceAccounts/{email}"
