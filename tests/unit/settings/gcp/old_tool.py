"""What the old tool took: its parameters with their defaults, and env files as people wrote them for it."""

from __future__ import annotations

# The documents of March 2023, and what was added until May 2023. Where documents and code differed, both are told.
PARAMETERS_OF_THE_OLD_TOOL = {
    "ACTION": "none",
    "PROJECT_ID": "none: mandatory",
    "NAME_PREFIX": "none: mandatory",
    "ZONE": "none: mandatory",
    "INSTANCE_COUNT": "1",
    "GPU_COUNT": "2",
    "VM_TYPE": "a2-highgpu-2g",
    "ACCELERATOR_TYPE": "nvidia-tesla-a100",
    "IMAGE_FAMILY_NAME": "pytorch-1-12-gpu-debian-10",
    "IMAGE_NAME": "documented: c2-deeplearning-pytorch-1-12-cu113-v20221107-debian-10; in fact none",
    "IMAGE_PROJECT": "ml-images",
    "DISK_SIZE_GB": "2000",
    "DISK_TYPE": "pd-ssd",
    "TERRAFORM_GCS_PATH": "gs://aiinfra-terraform-<PROJECT_ID>",
    "VM_LOCALFILE_DEST_PATH": "/usr/aiinfra/copy",
    "METADATA": "{}",
    "LABELS": "{}",
    "STARTUP_COMMAND": "unset",
    "ORCHESTRATOR_TYPE": "documented: none; in fact ray",
    "GKE_NODE_POOL_COUNT": "0",
    "GKE_MIN_NODE_COUNT": "0",
    "GKE_MAX_NODE_COUNT": "0",
    "GKE_NODE_COUNT_PER_NODE_POOL": "0",
    "GKE_VERSION": "latest",
    "GKE_ENABLE_COMPACT_PLACEMENT": "true",
    "CUSTOM_NODE_POOL": "[]",
    "GCS_MOUNT_LIST": "unset",
    "NFS_FILESHARE_LIST": "unset",
    "NFS_FILESTORE_LIST": "unset",
    "SHOW_PROXY_URL": "yes",
    "ENABLE_NOTEBOOK": "true",
    "MINIMIZE_TERRAFORM_LOGGING": "unset",
    "NETWORK_CONFIG": "default_network",
    "DISABLE_OPS_AGENT": "false",
    "ENABLE_OPS_AGENT": "true",
    "CLEANUP_ON_EXIT": "unset",
}

# One bucket for state and data, quotes escaped for the shell that the old tool pasted them into, commas at the end.
SAMPLE = r"""
PROJECT_ID=my-old-project
NAME_PREFIX=old-aiinfra
ZONE=us-central1-a
ACCELERATOR_TYPE=nvidia-tesla-a100
TERRAFORM_GCS_PATH=gs://old-bucket
VM_LOCALFILE_DEST_PATH=/usr/cp
STARTUP_COMMAND=[ -d \"/usr/trainfiles\" ] && echo \" the files are there\"
METADATA={ meta1 = "val", meta2 = "val2" }
LABELS={ label1 = "marker1" }
ORCHESTRATOR_TYPE=Ray
INSTANCE_COUNT=3
NETWORK_CONFIG=new_network
GCS_MOUNT_LIST=old-bucket:/usr/trainfiles,
NFS_FILESHARE_LIST=/usr/nfsshare1:BASIC_SSD
"""

# Every parameter that goes without GKE, with the values that the documents give as examples or defaults.
EVERYTHING_WITHOUT_GKE = r"""
ACTION=Create
PROJECT_ID=my-old-project
NAME_PREFIX=old-aiinfra
ZONE=us-central1-f
INSTANCE_COUNT=1
GPU_COUNT=2
VM_TYPE=a2-highgpu-2g
ACCELERATOR_TYPE=nvidia-tesla-a100
IMAGE_FAMILY_NAME=pytorch-1-12-gpu-debian-10
IMAGE_NAME=
IMAGE_PROJECT=ml-images
DISK_SIZE_GB=2000
DISK_TYPE=pd-ssd
TERRAFORM_GCS_PATH=gs://test-bucket/deployment
VM_LOCALFILE_DEST_PATH=/usr/aiinfra/copy
METADATA={ key1 = "val", key2 = "val2"}
LABELS={ key1 = "val", key2 = "val2"}
STARTUP_COMMAND=python /usr/cp/train.py
ORCHESTRATOR_TYPE=none
GCS_MOUNT_LIST=test-gcs-bucket-name:/usr/trainfiles
NFS_FILESHARE_LIST=/usr/nfsshare1:BASIC_SSD,/usr/nfsshare2:HIGH_SCALE_SSD:10240,/usr/nfsshare3:ENTERPRISE:
SHOW_PROXY_URL=no
MINIMIZE_TERRAFORM_LOGGING=true
NETWORK_CONFIG=multi_nic_network
DISABLE_OPS_AGENT=false
ENABLE_NOTEBOOK=true
CLEANUP_ON_EXIT=yes
"""

EQUAL_POOLS = """
PROJECT_ID=my-old-project
NAME_PREFIX=test-aiinfra-gke
ZONE=us-central1-a
VM_TYPE=n1-standard-1
ACCELERATOR_TYPE=nvidia-tesla-a100
ORCHESTRATOR_TYPE=GKE
NETWORK_CONFIG=default_network
GPU_COUNT=0
GKE_NODE_POOL_COUNT=2
GKE_NODE_COUNT_PER_NODE_POOL=2
"""

CUSTOM_POOLS = """
PROJECT_ID=my-old-project
NAME_PREFIX=test-aiinfra-gke
ZONE=us-central1-a
ORCHESTRATOR_TYPE=gke
NETWORK_CONFIG=default_network
CUSTOM_NODE_POOL=[{"name"="pool-1","zone"="us-central1-a","node_count"=2,"machine_type"="a2-highgpu-2g",\
"guest_accelerator_count"=2,"guest_accelerator_type"="nvidia-tesla-a100"},\
{"name"="pool-2","zone"="us-central1-c","node_count"=2,"machine_type"="a2-highgpu-2g",\
"guest_accelerator_count"=2,"guest_accelerator_type"="nvidia-tesla-a100"}]
"""
