# shellcheck shell=bash
# Which steps a machine of Azure's does, in their order; the user's command comes last.
# shellcheck disable=SC2034  # what stands here is used in the files that follow

REQUIRED_STEPS=(files disks docker ray cloud-init)
OPTIONAL_STEPS=(packages health)
# The optional steps that the tool asks about, beside the record: health tells its verdict instead.
TOLD_STEPS=()
