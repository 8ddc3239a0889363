"""The parameters that money, safety or the place hang on: what a run does without them.

A near miss of one of their names stops the run, however short the name is.
"""

from __future__ import annotations

_DEFAULT_MACHINES = "the machines would be those of the default"
_OTHER_CLUSTER = "another cluster would be meant"
_OTHER_RIGHTS = "the machines would have other rights"

GUARDS: dict[str, str] = {
    "REHEARSE": "this run would be on the real cloud, and what it makes costs money",
    "CONFIRM": "nobody would be asked before things are made or destroyed",
    "CLEANUP_ON_EXIT": "the cluster would stay, and cost money, when this run has ended",
    "MAX_HOURLY_COST": "no price would be too high",
    "MAX_PRICE": "spot machines would be paid up to the full price",
    "MAX_RUN_DURATION": "the machines would run, and cost money, until Destroy",
    "VM_TYPE": _DEFAULT_MACHINES,
    "SKU": _DEFAULT_MACHINES,
    "GPU_COUNT": _DEFAULT_MACHINES,
    "ACCELERATOR_TYPE": _DEFAULT_MACHINES,
    "INSTANCE_COUNT": "the cluster would have the default's number of machines",
    "DISK_SIZE_GB": "the disks would have the default's size",
    "OS_DISK_SIZE": "the disks would have the image's size",
    "DISK_TYPE": "the disks would be of the default's type",
    "PROVISIONING_MODEL": "the machines would be ordered on demand, at the full price",
    "RESERVATION_NAME": "the machines would be paid beside the reservation",
    "CLOUD": "the run would be on the default's cloud",
    "ZONE": "the cluster would be elsewhere",
    "ZONES": "the machines would be in any zone",
    "LOCATION": "the cluster would be elsewhere",
    "PROJECT_ID": "the cluster would be elsewhere",
    "SUBSCRIPTION_ID": "the cluster would be elsewhere",
    "RESOURCE_GROUP": "the cluster would be in a group of its own",
    "NAME_PREFIX": _OTHER_CLUSTER,
    "VMSS_NAME": _OTHER_CLUSTER,
    "TERRAFORM_GCS_PATH": "the state would be looked for, and kept, elsewhere",
    "TERRAFORM_BLOB_PATH": "the state would be looked for, and kept, elsewhere",
    "ORCHESTRATOR_TYPE": "the cluster would be of another kind",
    "CUSTOM_NODE_POOL": "the cluster would have other machines",
    "GKE_NODE_POOL_COUNT": "the cluster would have other machines",
    "GKE_NODE_COUNT_PER_NODE_POOL": "the cluster would have other machines",
    "GKE_MIN_NODE_COUNT": "the cluster would have other machines",
    "GKE_MAX_NODE_COUNT": "the cluster would have other machines",
    "NETWORK_CONFIG": "the machines would be in the default's network",
    "EXTERNAL_IP": "each machine would have an address on the internet",
    "ACCESS": "others could reach the machines than was meant",
    "ALLOWED_CIDRS": "nobody could reach the machines from outside",
    "SERVICE_ACCOUNT": _OTHER_RIGHTS,
    "NODE_IDENTITY": _OTHER_RIGHTS,
    "MAX_NODES": "there could be no more nodes than INSTANCE_COUNT",
    "HPC_MAX_CORE_COUNT": "there could be no more nodes than INSTANCE_COUNT",
    "SUSPEND_TIME": "nodes would stay on, and cost money, until somebody suspends them",
    "PARTITIONS": "the cluster would have one partition, of the default's machines",
    "NODES": "the cluster would have other machines",
    "CONTROLLER": "the first of the nodes would be the controller",
    "INVENTORY": "the cluster would have other machines",
    "SSH_PATH": "another key would open the machines",
    "SSH_KEY_FILE": "another key would open the machines",
}
"""By parameter: what would happen, for the end of a message."""

OF_OTHER_PROGRAMS = frozenset({"CPU_COUNT", "NODE"})
"""Names that are one letter away from a parameter's, and well known as another program's (conda's, npm's)."""
