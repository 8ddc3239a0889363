#!/usr/bin/env bash
# A machine of the cluster runs this at every start, as root: the files named in node/gcp/order, joined into one script,
# which is the instance's startup-script on Google Cloud; those in node/azure/order on Azure, where a unit runs it.
# shellcheck disable=SC2034  # what stands here is used in the files that follow
set -euo pipefail
umask 022

# Paths. NODE_ROOT replaces / when the script is tried out on a machine that isn't a node.
NODE_ROOT=${NODE_ROOT:-}
STATE_FOLDER=$NODE_ROOT/var/lib/cluster
LOG_FOLDER=$NODE_ROOT/var/log/cluster
RECORD_FILE=$STATE_FOLDER/record.json
FSTAB=$NODE_ROOT/etc/fstab

# The two services that it calls.
METADATA_HOST=${GCE_METADATA_HOST:-metadata.google.internal}
STORAGE_ENDPOINT=${STORAGE_ENDPOINT:-https://storage.googleapis.com}
JUPYTER_URL=${JUPYTER_URL:-http://127.0.0.1:8080/api}

# Limits in seconds. A grant of access is known everywhere after "potentially 7 minutes or longer". So calls with the
# machine's identity accept a refusal only after twice that: downloads, mounts, uploads of the record.
# https://cloud.google.com/iam/docs/access-change-propagation
METADATA_LIMIT=${METADATA_LIMIT:-300}
DOWNLOAD_LIMIT=${DOWNLOAD_LIMIT:-900}
MOUNT_LIMIT=${MOUNT_LIMIT:-900}
INSTALL_LIMIT=${INSTALL_LIMIT:-600}
DRIVER_LIMIT=${DRIVER_LIMIT:-1200} # an image may install it at the first start
RAY_LIMIT=${RAY_LIMIT:-1800}
SAMPLES_PATIENCE=${SAMPLES_PATIENCE:-20}
JUPYTER_PATIENCE=${JUPYTER_PATIENCE:-20}
JUPYTER_LIMIT=${JUPYTER_LIMIT:-1800}
RECORD_LIMIT=${RECORD_LIMIT:-1800}
FOREVER=2000000000

# Special exit statuses: there was nothing to do; it isn't done yet, call again. No command that a step
# runs ends with them: apt-get fails with 100, a signal gives 128 and more.
NOTHING_TO_DO=240
NOT_YET=241
# The exit status of a function for a text that nobody has given.
NO_SUCH_VALUE=44

# A service has no home by default, and many commands need one.
export HOME=${HOME:-/root}

# say TEXT: prints a line to the startup script's own log, which the guest environment keeps.
say() {
  printf 'cluster: %s\n' "$*" >&2
}
