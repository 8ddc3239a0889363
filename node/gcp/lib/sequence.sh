# shellcheck shell=bash
# The steps of a Google machine, in their order; the user's command comes last.
# shellcheck disable=SC2034  # what stands here is used in the files that follow

REQUIRED_STEPS=(files buckets shares ray slurm)
OPTIONAL_STEPS=(health agent jupyter)
# The optional steps whose status goes into the record's metadata; the health step has its verdict there.
TOLD_STEPS=(agent jupyter)
