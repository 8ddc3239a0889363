"""What other tools, and plain speech, call our parameters.

From the settings of SkyPilot, dstack, AWS ParallelCluster, cluster-toolkit, gcloud, az and Terraform's modules, and
from older versions of the old tool. Names are compared without their case, underscores and hyphens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.choices import FALSE_WORDS, TRUE_WORDS
from cluster_provision.settings.reading import folded

if TYPE_CHECKING:
    from collections.abc import Callable

FORMER = {
    "GCS_PATH": "TERRAFORM_GCS_PATH",
    "COPY_DIR_PATH": "VM_LOCALFILE_DEST_PATH (mount the files on /usr/aiinfra/copy)",
    "COPY_SRC_PATH": "nothing: what is mounted on /usr/aiinfra/copy is copied",
    "STARTUP_SCRIPT": "STARTUP_COMMAND",
    "STARTUP_SCRIPT_PATH": "STARTUP_COMMAND (mount the script's folder on /usr/aiinfra/copy)",
    "SETUP_RAY": "ORCHESTRATOR_TYPE",
    "GKE_NODE_COUNT": "GKE_NODE_COUNT_PER_NODE_POOL",
    "GKE_IP_CIDR_BLOCK_17": "NETWORK_CONFIG: new_network makes a network whose ranges don't overlap",
    "KUBERNETES_SETUP_CONFIG": "SERVICE_ACCOUNT for the nodes' account; accounts within Kubernetes are made by kubectl",
    "SLURM_NODE_COUNT_STATIC": "INSTANCE_COUNT on clouds, NODES with CLOUD=existing",
    "SLURM_NODE_COUNT_DYNAMIC_MAX": "MAX_NODES, which counts those of INSTANCE_COUNT too, and SUSPEND_TIME, with which "
    "jobs start nodes",
    "DISABLE_NOTEBOOK": "ENABLE_NOTEBOOK, with the opposite meaning",
    "IS_CLEANUP_NEEDED": "CLEANUP_ON_EXIT",
    "SLEEP_DURATION_SEC": "nothing: this tool doesn't sleep",
    "DEBUG_HOLD": "the action Debug",
}
"""Names that the old tool had before its documents of March 2023, or dropped, and env files still hold: what there is
instead. Never an error, since such files run as they are."""

NO_WORDS = (*FALSE_WORDS, "none", "off", "never", "n")
YES_WORDS = (*TRUE_WORDS, "on", "always", "y")


def _same(text: str) -> str:
    return text


def _switch(yes: str) -> Callable[[str], str]:
    """How a switch's value is written for a parameter where `yes` is what it asks for."""
    return lambda text: yes if folded(text) in YES_WORDS else "" if folded(text) in NO_WORDS else text


def _opposite(text: str) -> str:
    return "no" if folded(text) in YES_WORDS else "yes" if folded(text) in NO_WORDS else text


def _model(text: str) -> str:
    word = folded(text).replace("_", "-")
    if word in (*YES_WORDS, "auto", "low", "preemptible"):
        return "spot"
    return "" if word in (*NO_WORDS, "on-demand", "ondemand", "regular", "standard") else word


def _gigabytes(text: str) -> str:
    return re.sub(r"\s*(gb|gib|g)?\s*$", "", text[:80], flags=re.IGNORECASE)


def _orchestrator(text: str) -> str:
    return {"kubernetes": "gke", "k8s": "gke"}.get(folded(text), text)


@dataclass(frozen=True)
class Word:
    """Names for one thing, in `called`. `gcp`, `azure` and `existing` are what it is called on each cloud, empty where
    nothing is like it.

    Of a parameter that is mandatory, it is said where that is missing.

    `level` says what such a name is while ours is unset:

    - `sure`: an error, unless the value asks for nothing (no, false);
    - `fitting`: an error where the value is one that ours takes, and not its default; else another program's, and noted
    - `noted`: pointed out, and the run goes on, as each of them is where ours, or one of `beside`, is set;
    - `missing`: said only where ours is mandatory and unset. Such names stand in many an environment.

    `written` turns the value into ours; empty asks for nothing. `gke` is its name with GKE, `slurm` with Slurm on a
    cloud.
    """

    gcp: str
    azure: str
    called: str
    level: str
    written: Callable[[str], str] = _same
    beside: tuple[str, ...] = ()
    gke: str = ""
    existing: str = ""
    slurm: str = ""

    def ours(self, cloud: str, orchestrator: str) -> str:
        """The parameter's name there, empty where nothing is like it."""
        if orchestrator == "slurm" and self.slurm and cloud != "existing":
            return self.slurm
        if cloud == "gcp":
            return (orchestrator == "gke" and self.gke) or self.gcp
        return self.azure if cloud == "azure" else self.existing

    @property
    def names(self) -> tuple[str, ...]:
        """The words of `called`."""
        return tuple(self.called.split())


WORDS: tuple[Word, ...] = (
    # what a person who wants nothing to be made would write
    Word(
        "REHEARSE",
        "REHEARSE",
        "REHEARSAL REHEARSED REHEARSING REHEARSE_MODE REHEARSAL_MODE REHEARSE_ONLY REHEARSE_PLAN DRY_RUN "
        "SIMULATE SIMULATION SIMULATED PLAN_ONLY WHAT_IF VALIDATE_ONLY NO_OP",
        "sure",
        _switch("plan"),
        existing="REHEARSE",
    ),
    Word(
        "REHEARSE_DIR",
        "REHEARSE_DIR",
        "REHEARSAL_DIR REHEARSAL_FOLDER REHEARSE_FOLDER",
        "noted",
        existing="REHEARSE_DIR",
    ),
    # limits of money and time
    Word(
        "MAX_HOURLY_COST",
        "MAX_HOURLY_COST",
        "MAX_COST MAX_HOURLY_PRICE HOURLY_COST HOURLY_COST_LIMIT MAX_COST_PER_HOUR MAX_PRICE_PER_HOUR "
        "COST_LIMIT COST_CAP MAX_SPEND PRICE_LIMIT HOURLY_BUDGET HOURLY_LIMIT HOURLY_PRICE MAX_COST_HOURLY "
        "MAX_HOURLY_RATE MAX_HOURLY_SPEND MAX_BUDGET COST_MAX MAXIMUM_COST MAXIMUM_HOURLY_COST "
        "HOURLY_MAX_COST MAX_USD_PER_HOUR",
        "sure",
    ),
    Word("MAX_HOURLY_COST", "MAX_HOURLY_COST", "BUDGET MAX_TOTAL_COST MAX_USD", "fitting"),
    Word("MAX_HOURLY_COST", "MAX_PRICE", "SPOT_MAX_PRICE SPOT_PRICE MAX_SPOT_PRICE SPOT_BID_PRICE", "sure"),
    Word(
        "CLEANUP_ON_EXIT",
        "CLEANUP_ON_EXIT",
        "CLEANUP CLEAN_ON_EXIT CLEANUP_AT_EXIT CLEANUP_AT_END CLEANUP_AFTER AUTO_CLEANUP AUTO_DESTROY "
        "AUTO_DELETE AUTO_TEARDOWN AUTODOWN DESTROY_ON_EXIT DELETE_ON_EXIT DESTROY_AT_EXIT DELETE_AT_EXIT "
        "DESTROY_AT_END DESTROY_AFTER TEARDOWN TEARDOWN_ON_EXIT CLEANUP_WHEN_DONE CLEANUP_EXIT EXIT_CLEANUP "
        "EPHEMERAL",
        "fitting",
        _switch("yes"),
        existing="CLEANUP_ON_EXIT",
    ),
    Word(
        "MAX_RUN_DURATION",
        "CLEANUP_ON_EXIT",
        "MAX_DURATION MAX_RUNTIME RUN_DURATION AUTOSTOP IDLE_MINUTES_TO_AUTOSTOP IDLE_DURATION MAX_HOURS "
        "MAX_LIFETIME TERMINATE_AFTER DESTROY_AFTER_HOURS",
        "sure",
        _switch("yes"),
    ),
    # which machines, and how many
    Word(
        "VM_TYPE",
        "SKU",
        "MACHINE_TYPE INSTANCE_TYPE VM_SIZE MACHINE_SIZE INSTANCE_SIZE VM_SKU NODE_VM_SIZE INSTANCE_TYPES "
        "MACHINE_TYPES NODE_MACHINE_TYPE GCE_MACHINE_TYPE SKU_NAME VM_FLAVOR HPC_SKU HPC_MACHINE_TYPE",
        "sure",
    ),
    Word("VM_TYPE", "SKU", "NODE_TYPE NODE_SIZE MACHINE FLAVOR", "fitting"),
    Word(
        "GPU_COUNT",
        "SKU",
        "GPUS NUM_GPUS GPU N_GPUS GPU_NUM GPUS_PER_NODE GPUS_PER_VM GPUS_PER_MACHINE GPU_PER_NODE "
        "ACCELERATOR_COUNT NUM_ACCELERATORS GUEST_ACCELERATOR_COUNT",
        "fitting",
        beside=("VM_TYPE", "SKU"),
    ),
    Word(
        "ACCELERATOR_TYPE",
        "SKU",
        "ACCELERATOR ACCELERATORS GPU_TYPE GPU_MODEL GPU_NAME GUEST_ACCELERATOR_TYPE",
        "sure",
        beside=("VM_TYPE", "SKU"),
    ),
    Word(
        "INSTANCE_COUNT",
        "INSTANCE_COUNT",
        "INSTANCES NODE_COUNT NODES NUM_NODES NUM_INSTANCES NUMBER_OF_NODES NUMBER_OF_INSTANCES NODES_COUNT "
        "VM_COUNT NUM_VMS VMS MACHINES MACHINE_COUNT NUM_MACHINES CLUSTER_SIZE TARGET_SIZE NNODES "
        "INSTANCE_NUM WORKER_COUNT NODE_NUM VMSS_INSTANCE_COUNT",
        "fitting",
        beside=("GKE_MAX_NODE_COUNT", "CUSTOM_NODE_POOL"),
        gke="GKE_NODE_COUNT_PER_NODE_POOL",
        existing="NODES",
    ),
    Word("GKE_MIN_NODE_COUNT", "INSTANCE_COUNT", "MIN_NODES MIN_NODE_COUNT", "fitting"),
    Word("GKE_MAX_NODE_COUNT", "INSTANCE_COUNT", "MAX_NODE_COUNT", "fitting", slurm="MAX_NODES"),
    Word(
        "DISK_SIZE_GB",
        "OS_DISK_SIZE",
        "DISK_SIZE BOOT_DISK_SIZE BOOT_DISK_SIZE_GB DISK_SIZE_GIB DISK_GB OS_DISK_SIZE_GB ROOT_VOLUME_SIZE "
        "VOLUME_SIZE ROOT_DISK_SIZE BOOT_DISK_GB",
        "sure",
        _gigabytes,
    ),
    Word("DISK_TYPE", "", "BOOT_DISK_TYPE DISK_TIER VOLUME_TYPE OS_DISK_TYPE", "fitting"),
    Word(
        "PROVISIONING_MODEL",
        "PROVISIONING_MODEL",
        "SPOT USE_SPOT SPOT_POLICY SPOT_INSTANCES SPOT_VM SPOT_VMS SPOT_INSTANCE IS_SPOT PREEMPTIBLE "
        "USE_PREEMPTIBLE CAPACITY_TYPE VM_PRIORITY PRIORITY PROVISION_MODEL PRICING_MODEL ENABLE_SPOT "
        "ENABLE_SPOT_VM",
        "fitting",
        _model,
    ),
    Word(
        "RESERVATION_NAME",
        "",
        "RESERVATION RESERVATIONS RESERVATION_ID CAPACITY_RESERVATION CAPACITY_RESERVATION_ID",
        "sure",
    ),
    # where
    Word("CLOUD", "CLOUD", "CLOUD_PROVIDER PROVIDER TARGET_CLOUD", "fitting", existing="CLOUD"),
    Word("ZONE", "LOCATION", "REGION REGIONS", "noted"),
    Word("ZONE", "ZONES", "AVAILABILITY_ZONE AVAILABILITY_ZONES AVAIL_ZONE", "fitting"),
    Word("ZONE", "ZONES", "GCP_ZONE GOOGLE_ZONE COMPUTE_ZONE CLOUDSDK_COMPUTE_ZONE", "missing"),
    Word("ZONE", "LOCATION", "AZURE_LOCATION AZURE_REGION GCP_REGION GOOGLE_REGION", "missing"),
    Word(
        "PROJECT_ID",
        "SUBSCRIPTION_ID",
        "PROJECT GCP_PROJECT GCP_PROJECT_ID GOOGLE_PROJECT GOOGLE_PROJECT_ID GOOGLE_CLOUD_PROJECT "
        "GCLOUD_PROJECT CLOUDSDK_CORE_PROJECT SUBSCRIPTION SUBSCRIPTION_NAME AZ_SUBSCRIPTION AZURE_SUBSCRIPTION",
        "missing",
    ),
    Word(
        "NAME_PREFIX",
        "NAME_PREFIX",
        "CLUSTER_NAME CLUSTER DEPLOYMENT_NAME DEPLOYMENT PREFIX NAME BASE_NAME SLURM_CLUSTER_NAME",
        "missing",
        existing="NAME_PREFIX",
    ),
    Word("", "RESOURCE_GROUP", "RESOURCE_GROUP_NAME RG_NAME", "sure"),
    Word("", "RESOURCE_GROUP", "AZURE_RESOURCE_GROUP RG", "noted"),
    Word(
        "TERRAFORM_GCS_PATH",
        "TERRAFORM_BLOB_PATH",
        "STATE_BUCKET TF_STATE_BUCKET TERRAFORM_BUCKET TERRAFORM_STATE_BUCKET TF_BUCKET_NAME TERRAFORM_PATH "
        "TERRAFORM_STATE_PATH TF_STATE_PATH TERRAFORM_BACKEND_DEFAULTS",
        "noted",
    ),
    # of what kind, and who gets in
    Word(
        "ORCHESTRATOR_TYPE",
        "ORCHESTRATOR_TYPE",
        "ORCHESTRATOR ORCHESTRATION ORCHESTRATION_TYPE SCHEDULER WORKLOAD_MANAGER CLUSTER_TYPE",
        "fitting",
        _orchestrator,
        existing="ORCHESTRATOR_TYPE",
    ),
    Word(
        "NETWORK_CONFIG",
        "",
        "NETWORK NETWORKS NETWORK_TYPE NETWORK_NAME NETWORK_MODE VPC VPC_NAME VNET SUBNET SUBNETWORK",
        "fitting",
    ),
    Word(
        "EXTERNAL_IP",
        "ACCESS",
        "PUBLIC_IP PUBLIC_IPS EXTERNAL_IPS ASSIGN_PUBLIC_IP ENABLE_PUBLIC_IP ENABLE_PUBLIC_IPS",
        "fitting",
    ),
    Word(
        "EXTERNAL_IP",
        "ACCESS",
        "NO_PUBLIC_IP NO_EXTERNAL_IP NO_ADDRESS USE_INTERNAL_IPS INTERNAL_IP_ONLY PRIVATE_NODES",
        "fitting",
        _opposite,
    ),
    Word(
        "",
        "ALLOWED_CIDRS",
        "ALLOWED_IPS ALLOWED_IP ALLOWED_IP_RANGES ALLOWED_RANGES SOURCE_RANGES SSH_CIDRS SSH_CIDR "
        "SOURCE_ADDRESS_PREFIXES ALLOWED_CIDR_BLOCKS ALLOW_CIDRS ALLOWED_SSH_CIDRS",
        "fitting",
    ),
    Word(
        "",
        "SSH_PATH",
        "SSH_PUBLIC_KEY SSH_PUBLIC_KEY_PATH SSH_PUBLIC_KEY_FILE SSH_PUB_KEY SSH_KEY_PATH SSH_KEY "
        "SSH_KEY_VALUES PUBLIC_KEY",
        "noted",
        existing="SSH_KEY_FILE",
    ),
    Word("SERVICE_ACCOUNT", "NODE_IDENTITY", "SERVICE_ACCOUNT_EMAIL SA_EMAIL NODE_SERVICE_ACCOUNT", "noted"),
    # what else a node is
    Word("IMAGE_FAMILY_NAME", "IMAGE", "IMAGE_FAMILY VM_IMAGE SOURCE_IMAGE OS_IMAGE IMAGE_URN", "noted"),
    Word("STARTUP_COMMAND", "STARTUP_COMMAND", "STARTUP_CMD START_COMMAND INIT_COMMAND", "noted"),
    Word("LABELS", "TAGS", "RESOURCE_LABELS RESOURCE_TAGS COMMON_TAGS", "noted"),
    Word("OUTPUT", "OUTPUT", "OUTPUT_FORMAT", "noted", existing="OUTPUT"),
    # machines that exist already, and Slurm
    Word(
        "",
        "",
        "HOSTS NODE_LIST HOST_LIST COMPUTE_NODES COMPUTE_HOSTS SLURM_NODES WORKERS WORKER_NODES",
        "fitting",
        beside=("INVENTORY",),
        existing="NODES",
    ),
    Word(
        "",
        "",
        "SLURM_CONTROLLER CONTROLLER_NODE CONTROLLER_HOST CONTROL_NODE HEAD_NODE HEAD_HOST MASTER_NODE "
        "SLURM_MASTER SLURMCTLD_HOST",
        "fitting",
        beside=("INVENTORY",),
        existing="CONTROLLER",
    ),
    Word(
        "",
        "",
        "LOGIN LOGIN_NODE LOGIN_HOST LOGIN_HOSTS SUBMIT_NODES",
        "noted",
        existing="LOGIN_NODES",
        slurm="LOGIN_COUNT",
    ),
    Word("", "", "NFS_HOST NFS_NODE STORAGE_NODE", "noted", existing="NFS_SERVER"),
    Word(
        "",
        "",
        "ANSIBLE_INVENTORY INVENTORY_FILE INVENTORY_PATH HOSTS_FILE",
        "fitting",
        beside=("NODES",),
        existing="INVENTORY",
    ),
    Word("", "", "ANSIBLE_USER ANSIBLE_REMOTE_USER REMOTE_USER SSH_USERNAME SSH_LOGIN", "noted", existing="SSH_USER"),
    Word("", "", "SSH_PROXY_JUMP PROXY_JUMP JUMP_HOST BASTION BASTION_HOST", "noted", existing="SSH_JUMP"),
    Word("", "", "ANSIBLE_HOST_KEY_CHECKING STRICT_HOST_KEY_CHECKING", "noted", existing="SSH_HOST_KEYS"),
    Word(
        "",
        "",
        "SLURM_CONF SLURM_EXTRA_CONF ADDITIONAL_SLURM_CONFIG",
        "noted",
        existing="SLURM_CONF_EXTRA",
        slurm="SLURM_CONF_EXTRA",
    ),
    Word("", "", "SLURM_PARTITIONS QUEUES SLURM_QUEUES", "noted", existing="PARTITIONS", slurm="PARTITIONS"),
    Word("", "", "CLUSTER_USERS SLURM_USERS", "noted", existing="USERS_FILE", slurm="USERS_FILE"),
    # Slurm on clouds, as cluster-toolkit, ParallelCluster and CycleCloud have it
    Word("MAX_NODES", "MAX_NODES", "NODE_COUNT_DYNAMIC_MAX MAX_NODE_NUM MAX_COUNT HPC_MAX_NODES", "fitting"),
    Word("INSTANCE_COUNT", "INSTANCE_COUNT", "NODE_COUNT_STATIC", "fitting"),
    Word("MAX_NODES", "HPC_MAX_CORE_COUNT", "HPC_MAX_CORES MAX_CORE_COUNT MAX_CORES", "noted"),
    Word("", "HPC_MAX_NUM_VMS", "HPC_MAX_SCALESET_SIZE MAX_SCALESET_SIZE", "noted"),
    Word(
        "CONTROLLER_TYPE",
        "CONTROLLER_SKU",
        "CONTROLLER_MACHINE_TYPE CONTROLLER_INSTANCE_TYPE CONTROLLER_VM_TYPE CONTROLLER_VM_SIZE CONTROLLER_SIZE "
        "SCHEDULER_MACHINE_TYPE SCHEDULER_SKU SCHEDULER_VM_SIZE",
        "noted",
    ),
    Word("LOGIN_TYPE", "LOGIN_SKU", "LOGIN_MACHINE_TYPE LOGIN_INSTANCE_TYPE LOGIN_VM_TYPE LOGIN_VM_SIZE", "noted"),
    Word(
        "LOGIN_COUNT",
        "LOGIN_COUNT",
        "LOGIN_NODE_COUNT NUM_LOGIN_NODES NUM_LOGINS NUMBER_LOGIN_NODES NUMBER_OF_LOGIN_NODES LOGIN_NODES_COUNT",
        "noted",
    ),
    Word("SUSPEND_TIME", "SUSPEND_TIME", "SLURM_SUSPEND_TIME SCALE_DOWN_IDLE_TIME IDLE_TIMEOUT IDLE_TIME", "noted"),
    Word(
        "DATA_DISK_GB",
        "DATA_DISK_GB",
        "DATA_DISK_SIZE DATA_DISK_SIZE_GB CONTROLLER_DISK_SIZE HOME_DISK_SIZE STATE_DISK_SIZE",
        "noted",
        _gigabytes,
    ),
    Word("NODE_COMMAND", "NODE_COMMAND", "COMPUTE_STARTUP_SCRIPT NODE_STARTUP_SCRIPT COMPUTE_COMMAND", "noted"),
    Word("NODE_COMMAND_CONTROLLER", "NODE_COMMAND_CONTROLLER", "CONTROLLER_STARTUP_SCRIPT", "noted"),
    Word("NODE_COMMAND_LOGIN", "NODE_COMMAND_LOGIN", "LOGIN_STARTUP_SCRIPT", "noted"),
    Word("", "CONFIG_FILE", "CONFIG_YAML CYCLECLOUD_CONFIG CCSLURM_CONFIG", "noted"),
)
