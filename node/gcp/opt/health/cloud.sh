# shellcheck shell=bash
# What the health scripts have to know of Google Cloud.
# shellcheck disable=SC2034  # what stands here is used in the scripts

CONFIG=$STATE_FOLDER/config.json
# The status of DCGM's check where there is no dcgmi: few of the images have it, and it is no fault of the machine's.
WITHOUT_DCGM=skipped
