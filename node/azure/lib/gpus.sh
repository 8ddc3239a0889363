# shellcheck shell=bash
# Keeps the GPUs' driver loaded when nobody uses it; cluster-gpus.service runs this at every start.

unit_gpus() {
  local expected
  expected=$(config_number gpus)
  if [[ $expected == 0 ]]; then
    echo "this size has no GPUs"
  elif ! command -v nvidia-smi >/dev/null; then
    echo "the image has no nvidia-smi"
  elif [[ -z $expected && $(count_gpus) == 0 ]]; then
    echo "this size is unknown, and nvidia-smi shows no GPU"
  else
    timeout 300 nvidia-smi --persistence-mode=1
  fi
}

# count_gpus: prints how many nvidia-smi shows.
count_gpus() {
  { timeout 120 nvidia-smi -L 2>/dev/null || true; } | grep -c '^GPU [0-9]*:' || true
}
