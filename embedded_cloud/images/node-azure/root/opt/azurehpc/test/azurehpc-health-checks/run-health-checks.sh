#!/usr/bin/env bash
# Stands in for AzNHC (https://github.com/Azure/azurehpc-health-checks), which needs GPUs: it writes a log in AzNHC's
# form that says what it is. A GPU that the rehearsal makes sick is one that it misses.
set -euo pipefail

log=./health.log
while getopts 'ac:d:e:o:t:v' option; do
  [[ "$option" != o ]] || log="$OPTARG"
done

{
  echo "rehearsal: no GPU is looked at; every line of this log is made up"
  sick="$(python3 -c 'import json; print(len(json.load(open("/etc/rehearsal/machine.json")).get("sick_gpus") or ()))')"
  status=0
  if ((sick)); then
    echo "ERROR:  nhc:  Health check failed:  check_gpu_ecc: GPU uncorrected ECC errors (made up by the rehearsal). FaultCode: NHC2019"
    status=1
  else
    echo "SUCCESS:  nhc:  Health check passed:  made up by the rehearsal"
  fi
  echo "Health checks completed with exit code: $status."
} >"$log"
exit "$status"
