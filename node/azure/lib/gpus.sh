# shellcheck shell=bash
# The GPUs' driver stays loaded when nobody uses it, at every start anew: cluster-gpus.service.

unit_gpus() {
  if (($(config_number gpus) == 0)); then
    echo "this size has no GPUs"
  elif ! command -v nvidia-smi >/dev/null; then
    echo "the image has no nvidia-smi"
  else
    nvidia-smi --persistence-mode=1
  fi
}
