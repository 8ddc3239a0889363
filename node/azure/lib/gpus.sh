# shellcheck shell=bash
# The GPUs' driver stays loaded when nobody uses it, at every start anew: cluster-gpus.service.

unit_gpus() {
  if ! command -v nvidia-smi >/dev/null; then
    echo "the image has no nvidia-smi: nothing to do"
    return
  fi
  nvidia-smi --persistence-mode=1
}
