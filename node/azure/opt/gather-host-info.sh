#!/usr/bin/env bash
# Another name of gather-files.sh.
exec "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/gather-files.sh" "$@"
