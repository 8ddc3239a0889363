# shellcheck shell=bash
# Which steps a machine of Google's does, in their order; the user's command comes last.
# shellcheck disable=SC2034  # what stands here is used in the files that follow

REQUIRED_STEPS=(files buckets shares ray)
OPTIONAL_STEPS=(agent jupyter)
# The optional steps that the tool asks about, beside the record.
TOLD_STEPS=(agent jupyter)
