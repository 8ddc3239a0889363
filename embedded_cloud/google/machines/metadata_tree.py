"""The tree of Compute Engine's metadata server.

Keys and forms are those of https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys. A dict is a
directory; a list of strings is one value a line in text and a list in JSON; a directory whose keys are numbers is a
list in JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.initial_state import project_number

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance

Tree = dict[str, Any]

# Below these, keys are the user's own and stay as they are; elsewhere JSON has them in camel case.
USERS_KEYS = ("attributes", "guest-attributes", "service-accounts")


def tree_of(instance: Instance, address: str, guest_attributes: Tree) -> Tree:
    """All of `/computeMetadata/v1/` for `instance` at `address` (IPv4)."""
    properties, number = instance.properties, project_number(instance.project)
    disks = properties.get("disks") or [{}]
    network = (properties.get("networkInterfaces") or [{}])[0]
    return {
        "instance": {
            "attributes": instance.metadata,
            "description": properties.get("description", ""),
            "disks": {str(i): _disk(i, disk) for i, disk in enumerate(disks)},
            "guest-attributes": guest_attributes,
            "hostname": f"{instance.name}.{instance.zone}.c.{instance.project}.internal",
            "id": int(instance.id),
            "image": disks[0].get("initializeParams", {}).get("sourceImage", ""),
            "machine-type": f"projects/{number}/machineTypes/{properties.get('machineType', '').rpartition('/')[2]}",
            "maintenance-event": "NONE",
            "name": instance.name,
            "network-interfaces": {
                "0": {
                    "ip": address,
                    "network": f"projects/{number}/networks/{network.get('network', 'default').rpartition('/')[2]}",
                }
            },
            "preempted": "FALSE",
            "scheduling": _scheduling(properties.get("scheduling", {})),
            "service-accounts": _accounts(properties.get("serviceAccounts") or []),
            "tags": properties.get("tags", {}).get("items", []),
            "zone": f"projects/{number}/zones/{instance.zone}",
        },
        "project": {"attributes": {}, "numeric-project-id": int(number), "project-id": instance.project},
        "universe": {"universe-domain": "googleapis.com"},
    }


def as_text(value: Any) -> str:
    """A value, or a directory's listing, as the server writes it in text."""
    if isinstance(value, dict):
        return "".join(f"{key}/\n" if isinstance(below, dict) else f"{key}\n" for key, below in value.items())
    return "".join(f"{each}\n" for each in value) if isinstance(value, list) else str(value)


def as_json(value: Any, users_keys: bool = False) -> Any:
    """A value, or a whole directory, as the server writes it in JSON."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [as_json(below) for below in value.values()]
    return {
        key if users_keys else _camel(key): as_json(below, users_keys=key in USERS_KEYS) for key, below in value.items()
    }


def _disk(index: int, disk: Tree) -> Tree:
    name = disk.get("deviceName") or f"persistent-disk-{index}"
    return {"device-name": name, "index": index, "interface": disk.get("interface", "SCSI"), "mode": "READ_WRITE"}


def _scheduling(given: Tree) -> Tree:
    return {
        "automatic-restart": str(given.get("automaticRestart", True)).upper(),
        "on-host-maintenance": given.get("onHostMaintenance", "MIGRATE"),
        "preemptible": str(given.get("preemptible", False)).upper(),
    }


def _accounts(given: list[Tree]) -> Tree:
    accounts: Tree = {}
    for account in given:
        told = {"aliases": ["default"], "email": account["email"], "scopes": account.get("scopes", [])}
        accounts["default"] = accounts[account["email"]] = told
    return accounts


def _camel(key: str) -> str:
    first, *rest = key.split("-")
    return first + "".join(word.capitalize() for word in rest)
