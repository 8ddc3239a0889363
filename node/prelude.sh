#!/usr/bin/env bash
# What a machine of the cluster runs at every start. Terraform joins the files named in node/order into one
# script, the instance's startup-script; the machine's own guest environment runs it as root.
set -euo pipefail
