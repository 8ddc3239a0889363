#!/bin/sh
# What cloud-init runs first, once, when it has written the files: the units, which every later start runs by itself.
# The disks are there before anything else that cloud-init runs; the bootstrap goes on beside that.
set -eu
systemctl daemon-reload
systemctl enable cluster-disks.service cluster-gpus.service cluster-node-info.service cluster-bootstrap.service
systemctl start cluster-disks.service || echo "cluster-disks.service failed; see: journalctl -u cluster-disks" >&2
systemctl start --no-block cluster-gpus.service cluster-node-info.service cluster-bootstrap.service
