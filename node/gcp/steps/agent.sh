# shellcheck shell=bash
# Google Cloud's ops agent: the machine's metrics and logs, and with GPUs NVIDIA's DCGM for metrics that only it has.
# It is optional, and nothing waits for it: the step decides at once, and installs beside the user's command.
# https://cloud.google.com/stackdriver/docs/solutions/agents/ops-agent/installation
# https://cloud.google.com/stackdriver/docs/solutions/agents/ops-agent/third-party-nvidia

# A major version: newer ones may need another configuration.
OPS_AGENT_MAJOR=${OPS_AGENT_MAJOR:-2}
PACKAGES_HOST=https://packages.cloud.google.com
CUDA_HOST=https://developer.download.nvidia.com/compute/cuda/repos

AGENT_CONFIG=$NODE_ROOT/etc/google-cloud-ops-agent/config.yaml
AGENT_IS_OURS=$STATE_FOLDER/ops-agent
AGENT_IS_DONE=$STATE_FOLDER/ops-agent-done
AGENT_HAS_DCGM=$STATE_FOLDER/ops-agent-dcgm
# What exporters count and the agent sends besides: scrape_configs of Prometheus, as JSON on one line. The program that
# makes a Slurm cluster writes it (roles/monitoring/ops_agent.py), with MONITORING=managed.
AGENT_JOBS=$NODE_ROOT/etc/cluster-provision/ops-agent.json
AGENT_MARK='# Written by cluster-provision.'

# step_agent: NOT_YET where there is something to do.
step_agent() {
  local present
  [[ $OPS_AGENT == yes ]] || return "$NOTHING_TO_DO"
  if [[ -e $AGENT_IS_DONE ]]; then
    echo "installed at an earlier start"
    return
  fi
  present=$(present_agent)
  if [[ -n $present && ! -e $AGENT_IS_OURS ]]; then
    if [[ -s $AGENT_JOBS && $present == google-cloud-ops-agent ]]; then
      configure_present
      return
    fi
    echo "not installed, since the machine has $present: the image's own settings apply"
    return "$NOTHING_TO_DO"
  fi
  return "$NOT_YET"
}

# present_agent: prints the installed ops agent, or an older agent, beside which the ops agent can't run.
present_agent() {
  local package
  for package in google-cloud-ops-agent stackdriver-agent google-fluentd; do
    if has_package "$package"; then
      echo "$package"
      return
    fi
  done
}

# configure_present: an agent that was there goes on as it did, and sends what exporters count besides. One with settings
# of its own keeps them: they are in the one file that the agent reads.
configure_present() {
  if has_own_settings; then
    echo "$AGENT_CONFIG has settings of the image's own, which stay: what exporters count is not sent"
    return "$NOTHING_TO_DO"
  fi
  mkdir -p "$(dirname "$AGENT_CONFIG")"
  if [[ -s $AGENT_JOBS ]]; then
    present_config >"$AGENT_CONFIG"
  else
    rm -f "$AGENT_CONFIG"
  fi
  systemctl restart google-cloud-ops-agent
}

# has_own_settings: whether the configuration is somebody's, and not only the comments that the package brings.
has_own_settings() {
  [[ -e $AGENT_CONFIG ]] || return 1
  ! grep -q -x -F "$AGENT_MARK" "$AGENT_CONFIG" && grep -q -v -E '^[[:space:]]*(#|$)' "$AGENT_CONFIG"
}

# present_config: prints what the agent adds to its built-in configuration.
present_config() {
  cat <<CONFIG
$AGENT_MARK
metrics:
  receivers:$(jobs_receiver)
  service:
    pipelines:$(jobs_pipeline)
CONFIG
}

# step_agent_again: the agent sends what the Slurm program wants now. One that isn't there yet does so by itself later.
step_agent_again() {
  if [[ -e $AGENT_IS_OURS ]]; then
    agent_config >"$AGENT_CONFIG"
    systemctl restart google-cloud-ops-agent
  elif [[ $OPS_AGENT == yes && $(present_agent) == google-cloud-ops-agent ]]; then
    configure_present || (($? == NOTHING_TO_DO))
  else
    echo "the ops agent is not here yet"
  fi
}

step_agent_late() {
  with_backoff install_agent
  touch "$AGENT_IS_OURS"
  mkdir -p "$(dirname "$AGENT_CONFIG")"
  agent_config >"$AGENT_CONFIG"
  systemctl restart google-cloud-ops-agent

  if ((GPUS)) && [[ $(package_family) == apt ]]; then
    add_dcgm
  elif ((GPUS)); then
    echo "DCGM can be installed only on Debian and Ubuntu: the metrics of GPU profiling are missing"
  fi
  touch "$AGENT_IS_DONE"
}

add_dcgm() {
  retry "$DRIVER_LIMIT" timeout 120 nvidia-smi -L || {
    echo "nvidia-smi does not work, so DCGM was not installed; the ops agent runs without it"
    return 1
  }
  command -v nv-hostengine >/dev/null || with_backoff install_dcgm || return 1
  systemctl enable --now nvidia-dcgm || return 1
  touch "$AGENT_HAS_DCGM"
  agent_config >"$AGENT_CONFIG"
  systemctl restart google-cloud-ops-agent
}

install_agent() {
  local key repository codename
  if [[ $(package_family) == yum ]]; then
    agent_yum_repository >"$NODE_ROOT/etc/yum.repos.d/google-cloud-ops-agent.repo" &&
      install_packages google-cloud-ops-agent
    return
  fi
  key=$NODE_ROOT/usr/share/keyrings/google-cloud-ops-agent.asc
  repository=$NODE_ROOT/etc/apt/sources.list.d/google-cloud-ops-agent.list
  codename=$(os_release VERSION_CODENAME)
  apt_waits_for_locks &&
    fetch "$PACKAGES_HOST/apt/doc/apt-key.gpg" "$key" &&
    printf 'deb [signed-by=%s] %s/apt google-cloud-ops-agent-%s-%s main\n' \
      "$key" "$PACKAGES_HOST" "$codename" "$OPS_AGENT_MAJOR" >"$repository" &&
    apt_install_apart "$repository" google-cloud-ops-agent
}

agent_yum_repository() {
  local version
  version=$(os_release VERSION_ID)
  cat <<REPOSITORY
[google-cloud-ops-agent]
name=Google Cloud Ops Agent
baseurl=$PACKAGES_HOST/yum/repos/google-cloud-ops-agent-el${version%%.*}-\$basearch-$OPS_AGENT_MAJOR
enabled=1
gpgcheck=1
gpgkey=$PACKAGES_HOST/yum/doc/yum-key.gpg $PACKAGES_HOST/yum/doc/rpm-package-key.gpg
REPOSITORY
}

# install_dcgm: version 3, which the ops agent requires. NVIDIA's own package adds its repository and its key; an
# image with the repository keeps it, since apt refuses a repository that two files trust by different keys.
install_dcgm() {
  local package=$STATE_FOLDER/cuda-keyring.deb sources=$NODE_ROOT/etc/apt/sources.list.d source
  if ! source=$(cuda_source "$sources"); then
    fetch "$CUDA_HOST/$(os_release ID)$(os_release VERSION_ID | tr -d .)/$(cuda_platform)/cuda-keyring_1.1-1_all.deb" \
      "$package" && apt_get -y install "$package" || return 1
    source=$(cuda_source "$sources") || source=$sources
  fi
  apt_install_apart "$source" datacenter-gpu-manager
}

# cuda_source FOLDER: prints the first file there that names NVIDIA's repository.
cuda_source() {
  local found
  found=$(grep -l -r -s developer.download.nvidia.com/compute/cuda "$1") || return 1
  printf '%s\n' "${found%%$'\n'*}"
}

cuda_platform() {
  if [[ $(uname -m) == aarch64 ]]; then echo sbsa; else echo x86_64; fi
}

# jobs_receiver, jobs_pipeline: print what has the agent ask exporters; nothing where it isn't to.
jobs_receiver() {
  [[ -s $AGENT_JOBS ]] || return 0
  printf '\n    prometheus:\n      type: prometheus\n      config: {"scrape_configs": %s}' "$(<"$AGENT_JOBS")"
}

jobs_pipeline() {
  [[ -s $AGENT_JOBS ]] || return 0
  printf '\n      prometheus:\n        receivers: [prometheus]'
}

# agent_config: prints the configuration. With NVIDIA's driver, hostmetrics includes each
# GPU's utilisation and memory (NVML). Version 1 of the receiver for DCGM has the occupancy of the multiprocessors,
# which version 2 lacks.
agent_config() {
  local receiver='' pipeline=''
  if [[ -e $AGENT_HAS_DCGM ]]; then
    receiver=$'\n    dcgm:\n      type: dcgm\n      receiver_version: 1\n      collection_interval: 10s'
    pipeline=$'\n      dcgm:\n        receivers: [dcgm]'
  fi
  cat <<CONFIG
metrics:
  receivers:
    hostmetrics:
      type: hostmetrics
      collection_interval: 10s$receiver$(jobs_receiver)
  service:
    pipelines:
      default_pipeline:
        receivers: [hostmetrics]$pipeline$(jobs_pipeline)
CONFIG
}
