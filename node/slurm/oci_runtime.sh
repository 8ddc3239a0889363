#!/bin/sh
# The runtime of container jobs: NVIDIA's, which brings the GPUs and the driver's files along, where it is installed.
# slurmd of 24.11 hands on the socket by which it tells systemd that it is up: runc would mount it into each container,
# which fails where the bundle's root isn't the user's own.
unset NOTIFY_SOCKET
if command -v nvidia-container-runtime >/dev/null; then
  exec nvidia-container-runtime "$@"
fi
exec runc "$@"
