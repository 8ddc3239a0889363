# shellcheck shell=bash
# The user's own CLOUD_INIT, which cloud-init runs beside this. The user's command starts after it, and a failure in
# it fails the node.

CLOUD_INIT_RESULT=$NODE_ROOT/run/cloud-init/result.json
CLOUD_INIT_LIMIT=${CLOUD_INIT_LIMIT:-3600}

step_cloud-init() {
  [[ $CLOUD_INIT == yes ]] || return "$NOTHING_TO_DO"
  if ! RETRY_LONGEST_MS=$LOCAL_LONGEST_MS retry "$CLOUD_INIT_LIMIT" test -s "$CLOUD_INIT_RESULT"; then
    echo "cloud-init is still running CLOUD_INIT after $((CLOUD_INIT_LIMIT / 60)) minutes; see /var/log/cloud-init-output.log"
    return 1
  fi
  python3 - "$CLOUD_INIT_RESULT" <<'PYTHON'
import json
import sys

with open(sys.argv[1]) as file:
    errors = json.load(file)["v1"]["errors"]
if errors:
    print("cloud-init could not do all of CLOUD_INIT; /var/log/cloud-init-output.log tells more:")
    sys.exit("\n".join(map(str, errors)))
PYTHON
}
