"""Reads Ansible inventories, as ansible-core 2.19 does; knows nothing of what they are for.

Hosts, groups and variables come with their files and lines. What Ansible would refuse is a problem, and so is what it
takes in silence but nobody means, such as a range of no host. No message shows a value that may be secret.
"""

from cluster_provision.settings.inventory.expressions import NotWorkedOut, worked_out
from cluster_provision.settings.inventory.model import Host, Inventory, Place, Remark, Variable, Vaulted
from cluster_provision.settings.inventory.read import read_inventory

__all__ = [
    "Host",
    "Inventory",
    "NotWorkedOut",
    "Place",
    "Remark",
    "Variable",
    "Vaulted",
    "read_inventory",
    "worked_out",
]
