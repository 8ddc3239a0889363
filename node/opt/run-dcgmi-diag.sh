#!/usr/bin/env bash
# run-dcgmi-diag.sh [LEVEL]: run-dcgmi.sh, by the name that it has on some machines.
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/run-dcgmi.sh" "$@"
