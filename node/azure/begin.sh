#!/bin/sh
# cloud-init runs this first, once, when it has written the files: it starts the units, which every later start runs.
# The disks are mounted before anything else that cloud-init runs; the bootstrap continues beside that.
set -eu
systemctl daemon-reload
systemctl enable cluster-disks.service cluster-gpus.service cluster-node-info.service cluster-bootstrap.service
systemctl start cluster-disks.service || echo "cluster-disks.service failed; see: journalctl -u cluster-disks" >&2
systemctl start --no-block cluster-gpus.service cluster-node-info.service cluster-bootstrap.service
