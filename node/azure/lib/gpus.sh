# shellcheck shell=bash
# The GPUs' driver stays loaded when nobody uses it, at every start anew: cluster-gpus.service.

unit_gpus() {
  local expected
  expected=$(config_number gpus)
  if [[ $expected == 0 ]]; then
    echo "this size has no GPUs"
  elif ! command -v nvidia-smi >/dev/null; then
    echo "the image has no nvidia-smi"
  elif [[ -z $expected && $(count_gpus) == 0 ]]; then
    echo "nothing is known of this size, and nvidia-smi shows no GPU"
  else
    timeout 300 nvidia-smi --persistence-mode=1
  fi
}

# count_gpus: prints how many nvidia-smi shows.
count_gpus() {
  { timeout 120 nvidia-smi -L 2>/dev/null || true; } | grep -c '^GPU [0-9]*:' || true
}
