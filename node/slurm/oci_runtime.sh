#!/bin/sh
# The runtime of container jobs: NVIDIA's, which brings the GPUs and the driver's files along, where it is installed.
if command -v nvidia-container-runtime >/dev/null; then
  exec nvidia-container-runtime "$@"
fi
exec runc "$@"
