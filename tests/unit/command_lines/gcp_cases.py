"""What the product prints on Google Cloud."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import MagicMock, patch

from cluster_provision.checks.gcp import location, machine_type, reservation
from cluster_provision.checks.gcp.subject import GcpSubject
from cluster_provision.clouds.gcp import credentials, login
from cluster_provision.clouds.gcp.api import GoogleApi, Refusal, enabling
from cluster_provision.clouds.gcp.catalogue import ReservationFacts
from cluster_provision.clouds.gcp.resources import COLLECTIONS, dashboard, leftover, service_account, unprotecting
from cluster_provision.clouds.gcp.roles import leftover_role
from cluster_provision.errors import PermissionDenied
from cluster_provision.provisioners.terraform.provisioner import TerraformProvisioner
from cluster_provision.settings import GcpSettings
from cluster_provision.settings.rules.gcp.nodes import forced_metadata
from cluster_provision.state.base import StateFacts
from cluster_provision.state.gcp.retention import require_deletable
from cluster_provision.state.gcp.store import GcsStore
from cluster_provision.targets.gcp.shell import GcloudShell
from cluster_provision.targets.gcp.vms import GcpVms
from cluster_provision.targets.gke import remnants
from cluster_provision.targets.gke.cluster import GcpGke
from tests.command_lines.cases import case, failed, thing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.command_lines.cases import Case

PROJECT = "example.com:my-project"
ZONE = "us-central1-a"


def gcp_cases(folder: Path) -> Iterator[Case]:
    """One or more of each place that renders a command line; `folder` is empty."""
    yield from _checks()
    yield from _credentials(folder)
    yield from _resources()
    yield from _state()
    yield from _targets()
    draft = thing(settings=thing(metadata={"ssh-keys": "me"}, enable_notebook=False), good=lambda *_: True)
    yield case("settings/rules/gcp/nodes.py", *forced_metadata(cast("Any", draft)).notes)


def _refusing(*_: object) -> Any:
    raise PermissionDenied("no")


def _checks() -> Iterator[Case]:
    settings = thing(zone=("moon-base1-a",), project_id=PROJECT)
    catalogue = thing(has_zone=lambda _: False, zones_with=_refusing)
    subject = cast("GcpSubject", thing(settings=settings, catalogue=catalogue, zone="moon-base1-a"))
    told = location.zone(subject).failures[0].message
    yield case("checks/gcp/location.py", told, values=(PROJECT,))
    where = machine_type._where_it_is(subject, "a2-highgpu-2g", ZONE)
    yield case("checks/gcp/machine_type.py", where, values=(PROJECT, "name=a2-highgpu-2g"))
    for named, owner in (("mine", PROJECT), ("projects/other-project/reservations/mine", "other-project")):
        chosen = GcpSettings(project_id=PROJECT, name_prefix="demo", zone=(ZONE,), reservation_name=named)
        asking = GcpSubject(chosen, ZONE, "abc123", cast("Any", None), StateFacts())
        found = reservation._free(asking, ZONE, ReservationFacts("a2-highgpu-2g", 1, "READY", by_name=True), 2)
        yield case("checks/gcp/reservation.py", found.failures[0].advice, values=("mine", owner, ZONE))


def _credentials(folder: Path) -> Iterator[Case]:
    yield case("clouds/gcp/api.py", enabling("compute.googleapis.com iam.googleapis.com", PROJECT), values=(PROJECT,))
    yield case("clouds/gcp/api.py", enabling("a;b", "p (q)"), values=("a;b", "p (q)"))
    elsewhere = Refusal(403, "off", frozenset({"SERVICE_DISABLED"}), "file.googleapis.com", "other-project")
    error = GoogleApi(cast("Any", None), PROJECT)._error_of(elsewhere)
    advice = getattr(error, "advice", "")
    yield case("clouds/gcp/api.py", advice, values=(PROJECT, "other-project", "file.googleapis.com"))
    yield from (case("clouds/gcp/credentials.py", each, fixed=False) for each in credentials.ADVICE.values())
    found = thing(kind="key", source="from key.json", credentials=thing(service_account_email="me@p.example"))
    refused = credentials._refused(found, ValueError("no"))
    yield case("clouds/gcp/credentials.py", refused.advice, values=("me@p.example",))
    (folder / "credentials.db").touch()
    with patch.dict(os.environ, {"CLOUDSDK_CONFIG": str(folder), login.VARIABLE: ""}):
        none = login.none_found()
    yield case("clouds/gcp/login.py", f"{none.message}\n{none.advice}")


def _resources() -> Iterator[Case]:
    module = "clouds/gcp/resources.py"
    name = "it's (mine)"
    for collection in COLLECTIONS:
        for place in ("global", f"zones/{ZONE}", "regions/us-central1", "locations/us-central1"):
            if place in PLACES.get(collection, ("regions/us-central1",)):
                path = f"projects/{PROJECT}/{place}/{collection}/x$y"
                yield case(module, leftover(path).command, values=("x$y", PROJECT))
    server = leftover(f"projects/{PROJECT}/locations/{ZONE}/instances/nfs")
    machine = leftover(f"projects/{PROJECT}/zones/{ZONE}/instances/vm-1")
    yield case(module, server.command, unprotecting(server).command, values=("nfs", PROJECT, ZONE))
    yield case(module, unprotecting(machine).command, values=("vm-1", PROJECT, ZONE))
    yield case(module, service_account("me@p.example", PROJECT).command, values=("me@p.example", PROJECT))
    role = leftover_role(f"projects/{PROJECT}/roles/slurm_demo_1", PROJECT)
    yield case("clouds/gcp/roles.py", role.command, values=("slurm_demo_1", PROJECT))
    yield case(module, dashboard("a board", name, PROJECT).command, values=(name, PROJECT))


# Where each kind of resource is, where not in a region: https://cloud.google.com/compute/docs/regions-zones
PLACES: dict[str, tuple[str, ...]] = {
    "clusters": (f"zones/{ZONE}", "locations/us-central1"),
    "instanceGroupManagers": (f"zones/{ZONE}", "regions/us-central1"),
    "instances": (f"zones/{ZONE}",),
    "instanceTemplates": ("global", "regions/us-central1"),
    "instanceGroups": (f"zones/{ZONE}",),
    "disks": (f"zones/{ZONE}", "regions/us-central1"),
    "networkEndpointGroups": (f"zones/{ZONE}", "regions/us-central1", "global"),
    "forwardingRules": ("regions/us-central1", "global"),
    "connectors": ("locations/us-central1",),
    "addresses": ("regions/us-central1", "global"),
    "routes": ("global",),
    "firewalls": ("global",),
    "networks": ("global",),
}


def _state() -> Iterator[Case]:
    client = MagicMock()
    client.bucket().get_blob().download_as_bytes.return_value = b"{}"
    store = GcsStore(
        client, project_number="1", bucket="b", folder="my folder", name_prefix="demo", region="us-central1", own=False
    )
    lock = store.lock()
    assert lock is not None
    path = "gs://b/my folder/demo-deployment/terraform/state/default.tflock"
    yield case("state/gcp/store.py", lock.clear, values=(path,))
    for kept, hold in ((3600, False), (0, True)):
        bucket = MagicMock(retention_period=kept, default_event_based_hold=hold)
        advice = failed(lambda bucket=bucket: require_deletable(bucket, "b", lambda: False))
        yield case("state/gcp/retention.py", advice, values=("gs://b",))


def _targets() -> Iterator[Case]:
    shell = GcloudShell("vm-1", PROJECT, ZONE)
    command = "ray status | grep 'x'"
    lines = (shell.line(), shell.command(command), shell.tunnel(8265))
    yield case("targets/gcp/shell.py", *lines, values=("vm-1", PROJECT, ZONE, command))
    machines = [thing(name="a-1", group="a"), thing(name="a-2", group="a"), thing(name="b-1", group="b")]
    vms = thing(settings=thing(project_id=PROJECT), zone=ZONE, groups=("a", "b", "c"))
    renewed = GcpVms.renewal(vms, cast("Any", machines)).splitlines()
    yield case("targets/gcp/vms.py", *renewed, values=("a-1,a-2", "b-1", PROJECT, ZONE))
    for open_by_name in (True, False):
        cluster = thing(
            name="demo-gke", location=ZONE, open_by_name=open_by_name, name_endpoint="", address="", network="n"
        )
        told = GcpGke.connection(cast("Any", thing(settings=thing(project_id=PROJECT))), cast("Any", cluster)).kubectl
        assert told is not None
        yield case("targets/gke/cluster.py", told.get_credentials, values=("demo-gke", PROJECT, ZONE))
    target = thing(
        settings=thing(project_id=PROJECT), region="us-central1", name="demo-gke", present=lambda: True, gke=_Busy()
    )
    with patch.object(remnants, "LONGEST_SECONDS", -1):
        wait = remnants.Remnants(target, cast("Any", None)).wait_for_operations
        advice = failed(lambda: wait(cast("Any", thing(exists=lambda: False)), print))
    yield case("targets/gke/remnants.py", advice, values=(PROJECT, "us-central1"))
    workspace = thing(cli_config="/tmp/my work/rc", root="/tmp/my work/it's")
    provisioner = cast("Any", thing(_session=thing(workspace=workspace)))
    shown = TerraformProvisioner.how_to_look_around(provisioner)
    values = ("TF_CLI_CONFIG_FILE=/tmp/my work/rc", "/tmp/my work/it's")
    yield case("provisioners/terraform/provisioner.py", *shown.splitlines(), values=values)


class _Busy:
    """A GKE that goes on with something."""

    def under_way(self, *_: object) -> list[Any]:
        return [thing(name="o", kind="UPGRADE_MASTER", target="demo-gke")]
