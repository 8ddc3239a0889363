# shellcheck shell=bash
# What the health scripts have to know of Azure.
# shellcheck disable=SC2034  # what stands here is used in the scripts

CONFIG=$NODE_ROOT/etc/cluster/config.json
# The status of DCGM's check where there is no dcgmi: Azure's HPC images have it, so that something is wrong.
WITHOUT_DCGM=unknown
