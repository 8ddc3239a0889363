# shellcheck shell=bash
# The steps of an Azure machine, in their order; the user's command comes last.
# shellcheck disable=SC2034  # what stands here is used in the files that follow

REQUIRED_STEPS=(files disks docker ray slurm cloud-init)
OPTIONAL_STEPS=(packages health)
# The optional steps whose status goes into the record's metadata; the health step has its verdict there.
TOLD_STEPS=()

# place_programs: cloud-init has written those in /opt (cluster_provision/node_files.py).
place_programs() { :; }
