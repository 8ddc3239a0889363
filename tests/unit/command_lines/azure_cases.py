"""What the product prints on Azure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import MagicMock, patch

from cluster_provision.checks.azure import demand, image, location, machine_type, services
from cluster_provision.clouds.azure import leftovers
from cluster_provision.clouds.azure.catalogue import ImageFacts, MarketplacePlan
from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.errors import PermissionDenied
from cluster_provision.fleet.model import Endpoint
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.node import Node
from cluster_provision.settings.readers.azure.images import Image
from cluster_provision.state.azure import account, store
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.azure.removal import Removal
from cluster_provision.targets.azure.slurm import data_disk, vault
from cluster_provision.targets.azure.slurm.bastion_routes import BastionRoutes
from cluster_provision.targets.azure.ssh_routes import SshRoutes, SshShell
from cluster_provision.targets.azure.vmss import AzureVmss
from cluster_provision.terraform.dialects.azure import AZURE
from cluster_provision.terraform.failures import Diagnostic, failure
from tests.command_lines.cases import case, failed, thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.command_lines.cases import Case

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = "team(rg)"
ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
ACCOUNT = f"{ID}/providers/Microsoft.Storage/storageAccounts/tf"


def azure_cases() -> Iterator[Case]:
    """One or more of each place that renders a command line."""
    yield from _checks()
    yield from _leftovers()
    yield from _terraform()
    yield from _state()
    yield from _targets()


def _checks() -> Iterator[Case]:
    chosen = Image().read("microsoft-dsvm:ubuntu-hpc:2204:latest")
    settings = thing(
        subscription_id=SUBSCRIPTION, location="eastus2", sku="Standard_ND96isr_H200_v5", image=chosen,
        accept_terms=False,
    )  # fmt: skip
    catalogue = MagicMock()
    catalogue.locations.return_value, catalogue.registered.return_value = {}, {}
    catalogue.terms_accepted.return_value = False
    machines = (demand.Demand("machines", "SKU", settings.sku, 2, 2, 2),)
    about = {"settings": settings, "catalogue": catalogue, "machines": machines}
    subject = cast("Any", thing(**about, image=lambda: None, sku=lambda name: None))
    yield case("checks/azure/image.py", image.image(subject).failures[0].message, values=("microsoft-dsvm", "eastus2"))
    plan = MarketplacePlan("a (publisher)", "an;offer", "a$plan")
    sold = cast("Any", SimpleNamespace(**{**vars(subject), "image": lambda: ImageFacts("1.0", plan=plan)}))
    told = image.image(sold).failures[0].message
    yield case("checks/azure/image.py", told, values=("a (publisher)", "an;offer", "a$plan", SUBSCRIPTION))
    yield case("checks/azure/location.py", location.location(subject).failures[0].message, values=(SUBSCRIPTION,))
    query = "[].[locationInfo[0].location, restrictions[0].reasonCode]"
    told = machine_type.size(subject).failures[0].message
    yield case("checks/azure/machine_type.py", told, values=(query, SUBSCRIPTION))
    with patch.object(
        services, "uses_of", return_value=[thing(actions=("Microsoft.Compute/a", "Microsoft.Network/b"))]
    ):
        told = getattr(services.namespaces(subject).failures[0], "advice", "")
    yield case("checks/azure/services.py", told, values=("Microsoft.Compute", "Microsoft.Network", SUBSCRIPTION))


def _leftovers() -> Iterator[Case]:
    module = "clouds/azure/leftovers.py"
    path = f"{ID}/providers/Microsoft.Compute/disks/d"
    (found,) = leftovers.leftovers_of([leftovers.Tagged(path, "microsoft.compute/disks", "eastus2")])
    yield case(module, found.command, values=(path,))
    role = f"{ACCOUNT}/providers/Microsoft.Authorization/roleAssignments/1"
    yield case(module, leftovers.assignment(role).command, values=(role,))
    named = leftovers.role("it's demo controller (abc123)", SUBSCRIPTION)
    yield case(module, named.command, values=("it's demo controller (abc123)", SUBSCRIPTION))
    lock = f"{ID}/providers/Microsoft.Authorization/locks/it's mine"
    held = leftovers._held({"name": "it's mine", "id": lock}, ID)
    yield case(module, held.command, values=(lock,))
    yield case(module, leftovers._group({"name": GROUP, "id": ID}).command, values=(GROUP, SUBSCRIPTION))
    cloud = thing(tagged_groups=lambda _: [leftovers._group({"name": GROUP, "id": ID})], group_is_empty=lambda _: False)
    removal = thing(settings=thing(subscription_id=SUBSCRIPTION), cloud=cloud, label="abc123", keeps_disk=False)
    commands = [each.command for each in Removal._groups(cast("Any", removal))]
    yield case("targets/azure/removal.py", *commands, values=(GROUP, SUBSCRIPTION))


def _failure(text: str) -> str:
    found = failure("apply", [Diagnostic("error", text)], AZURE)
    return f"Error: {found.message}\n{found.advice}"


def _terraform() -> Iterator[Case]:
    module = "terraform/dialects/azure.py"
    locked = _failure(
        f"ScopeLocked: The scope '{ID}' cannot perform delete operation because following scope(s) are locked: "
        f"'{ID}'. Please remove the lock and try again."
    )
    folder = f"{ID}/providers/Microsoft.Authorization/locks/"
    own = f"[?starts_with(id, '{folder}')].{{name:name, notes:notes}}"
    yield case(module, locked, values=(SUBSCRIPTION, own, f"{folder}x"), fixed=False)
    using = _failure(f"InUseSubnetCannotBeDeleted: Subnet {ID}/providers/M.N/v/a is in use by {ID}/providers/M.N/b/c.")
    yield case(module, using, values=(f"{ID}/providers/M.N/b/c",))
    contained = _failure(f"the Resource Group still contains Resources: * `{ID}/providers/M.N/b/c`")
    query = f'[].{{cluster:tags."{CLUSTER_LABEL}", type:type, name:name, id:id}}'
    yield case(module, contained, values=(GROUP, SUBSCRIPTION, query), fixed=False)


def _state() -> Iterator[Case]:
    place = account.Place("tf", "state", "my folder", GROUP, own=True)
    cloud = MagicMock(subscription_id=SUBSCRIPTION)
    cloud.account_id.return_value, cloud.caller.return_value = ACCOUNT, "me"
    cloud.let_me_at_blobs.return_value = False
    with patch.object(account, "_may_read", return_value=False):
        advice = failed(lambda: account.get_access(cloud, place, MagicMock()))
    yield case("state/azure/account.py", advice, values=(account.ROLE, ACCOUNT, "me"))
    blobs = store.AzureBlobStore(cloud, MagicMock(), place, "demo")
    with patch.object(store, "look_at_lease") as looked:
        blobs.lock()
    key = "my folder/demo-deployment/terraform/state/default.tfstate"
    yield case("state/azure/store.py", looked.call_args.args[1], values=("tf", "state", key, SUBSCRIPTION))


def _targets() -> Iterator[Case]:
    names = {"subscription_id": SUBSCRIPTION, "resource_group": GROUP, "name_prefix": "demo"}
    kept = thing(**names, location="eastus", keep_data_disk=True, data_disk_holds="homes and accounting")
    disk = f"{ID}/providers/Microsoft.Compute/disks/demo-data"
    there = thing(find=lambda *_: {"id": disk, "properties": {"diskSizeGB": 50}})
    said: list[str] = []
    data_disk.kept(cast("Any", kept), cast("Any", there), StateFacts(), said.append)
    yield case("targets/azure/slurm/data_disk.py", "\n".join(said), values=(disk,), fixed=False)
    vaulted, told = cast("Any", thing(**names, location="eastus", key_vault=True)), list[str]()
    refusing = cast("Any", thing(find=MagicMock(side_effect=PermissionDenied("no", ""))))
    vault.Purge()(vaulted, refusing, "label", told.append)
    yield case("targets/azure/slurm/vault.py", *told[1:], values=(vault.vault_name(vaulted), SUBSCRIPTION))
    settings = thing(subscription_id=SUBSCRIPTION, resource_group=GROUP, vmss_name="demo")
    machines = [thing(resource="0"), thing(resource="12")]
    with patch("cluster_provision.targets.azure.vmss.of_scale_set", return_value=machines):
        renewed = AzureVmss.renewal(cast("Any", thing(settings=settings)), [])
    yield case("targets/azure/vmss.py", renewed, values=(GROUP, "demo", "0", "12", SUBSCRIPTION))
    login = ScaleSetMachine("demo-login-1", "1", "1", "", "10.0.0.5", "RUNNING", resource="demo-login-1")
    node = replace(login, name="demo-hpc-1", group="demo-hpc-set1", resource="0")
    for key in (Path("/my keys/demo's"), None):
        bastion = BastionRoutes(SUBSCRIPTION, GROUP, "demo-bastion", "me", key)
        shown = (bastion.connection([login, node], login).ssh or {}).values()
        ids = [bastion.id_of(each) for each in (login, node)]
        values = (SUBSCRIPTION, GROUP, "demo-bastion", *ids, *([str(key)] if key else []))
        yield case("targets/azure/slurm/bastion_routes.py", *shown, values=values)
    head, other = (Node(name, "1", "10.0.0.4", "ready") for name in ("head", "other"))
    for public, port in ((True, 22), (True, 50000), (False, 22)):
        routes = SshRoutes("me", Endpoint("203.0.113.7", port), public=public)
        lines = [routes.shell(node, head) for node in (head, other)]
        shells = [
            text for line in lines for text in (SshShell(line).command("ray status"), SshShell(line).tunnel(8265))
        ]
        yield case("targets/azure/ssh_routes.py", *lines, *shells)
