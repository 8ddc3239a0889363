# shellcheck shell=bash
# Ray: one cluster of all nodes; a systemd unit on each keeps it running. <deployment>/files/ray-head.json says
# which node is the head; all others keep trying until they have joined it, and join again after any failure.

RAY_UNIT=cluster-ray.service
RAY_LOG=$LOG_FOLDER/ray.log
# The record's fact about Ray: it exists while this node is in the cluster, and disappears with the boot, since in /run.
RAY_FACT=$NODE_ROOT/run/cluster/ray.json
# Everything on this node finds the cluster by this file: RAY_ADDRESS and the like, one NAME=value on each line.
RAY_ENVIRONMENT=$STATE_FOLDER/ray-environment
# The dashboard answers only on the head, and only to the head itself: a tunnel leads there.
RAY_DASHBOARD=127.0.0.1
RAY_DASHBOARD_PORT=8265
RAY_POLL_MS=${RAY_POLL_MS:-500}

step_ray() {
  [[ -n $RAY_PORT ]] || return "$NOTHING_TO_DO"
  make_ray_user
  install_ray
  start_ray_unit
  if ! RETRY_LONGEST_MS=$LOCAL_LONGEST_MS retry "$RAY_LIMIT" test -s "$RAY_FACT"; then
    echo "this node is not in the Ray cluster after $((RAY_LIMIT / 60)) minutes, although it keeps trying; $RAY_LOG says:"
    why_not_in_ray
    return 1
  fi
  cat "$RAY_FACT"
}

# why_not_in_ray: prints Ray's own words. The current try may not have reached its error yet, so those of the last try
# that ended come first; of both as much as the record takes (20 lines, 4 KiB). Copies, since a new try may begin now.
why_not_in_ray() {
  local now=$STATE_FOLDER/ray-now.log before=$STATE_FOLDER/ray-before.log
  cp "$RAY_LOG" "$now" 2>/dev/null || : >"$now"
  cp "$RAY_LOG.previous" "$before" 2>/dev/null || : >"$before"
  if grep -q '^Ray has ended with status' "$now" || [[ ! -s $before ]]; then
    ray_words 17 "$now"
    return
  fi
  echo "(the last try that ended, $RAY_LOG.previous)"
  ray_words 12 "$before"
  echo "(the current try)"
  ray_words 4 "$now"
}

# ray_words LINES FILE: prints the last lines, and after them the line with the reason, if they don't have it.
ray_words() {
  local last why
  last=$(tail -n "$1" "$2" | cut -c 1-300)
  why=$(grep -aE '^[A-Za-z_.]*(Error|Exception|Exit)\b|Unable to connect to GCS|Version mismatch|already in use' "$2" |
    tail -n 1 | cut -c 1-300) || why=''
  printf '%s\n' "$last"
  [[ -z $why || $last == *"$why"* ]] || printf '%s\n' "$why"
}

# start_ray_unit: a unit in /run disappears with the boot, so Ray starts after the mounts, never before. One that runs
# well is left alone: it may have jobs.
start_ray_unit() {
  mkdir -p "$UNITS_FOLDER"
  ray_unit >"$STATE_FOLDER/$RAY_UNIT"
  if cmp -s "$STATE_FOLDER/$RAY_UNIT" "$UNITS_FOLDER/$RAY_UNIT" && systemctl is-active --quiet "$RAY_UNIT"; then
    return
  fi
  cp "$STATE_FOLDER/$RAY_UNIT" "$UNITS_FOLDER/$RAY_UNIT"
  systemctl daemon-reload
  systemctl restart "$RAY_UNIT"
}

# No limit of starts: the head may take long. Ray's own processes end with the unit, and the unit with any of them.
# Limits that Ray and RDMA need. OOMPolicy: a task that is killed for its memory does not end Ray.
ray_unit() {
  cat <<UNIT
[Unit]
Description=This node's part of the Ray cluster
StartLimitIntervalSec=0

[Service]
ExecStart=/bin/bash $STATE_FOLDER/bootstrap.sh ray
Restart=always
RestartSec=2
TimeoutStopSec=30
OOMPolicy=continue
LimitNOFILE=1048576
LimitMEMLOCK=infinity
TasksMax=infinity
UNIT
}

# The unit runs serve_ray: it runs Ray, and writes into the record whether this node is in the cluster.
serve_ray() {
  local head name at ray status=0 role=()
  mkdir -p "$(dirname "$RAY_FACT")"
  [[ ! -e $RAY_LOG ]] || mv -f "$RAY_LOG" "$RAY_LOG.previous"
  exec >"$RAY_LOG" 2>&1 </dev/null
  leave_ray

  retry "$FOREVER" storage_download "$BUCKET" "$DEPLOYMENT/files/ray-head.json" "$STATE_FOLDER/ray-head.json"
  head=$(ray_head "$STATE_FOLDER/ray-head.json")
  read -r name at <<<"$head"
  tell_where_ray_is "$name" "$at"

  if [[ $NODE_NAME == "$name" ]]; then
    role=(--head --port "$RAY_PORT" --dashboard-host "$RAY_DASHBOARD" --dashboard-port "$RAY_DASHBOARD_PORT")
  else
    role=(--address "$at:$RAY_PORT")
  fi
  as_ray_user env PATH="$RAY_VENV/bin:$PATH" RAY_AUTH_MODE=disabled "$RAY_VENV/bin/ray" start --block \
    --disable-usage-stats --log-style record --log-color false --node-ip-address "$ADDRESS" \
    --node-name "$NODE_NAME" --num-gpus "$GPUS" --temp-dir "$NODE_ROOT$RAY_FOLDER/$(ray_user)/tmp" "${role[@]}" &
  ray=$!
  trap 'kill -TERM "$ray" 2>/dev/null || true' TERM
  join_ray "$ray" "$name" "$at:$RAY_PORT"
  wait "$ray" || status=$?
  echo "Ray has ended with status $status"
  leave_ray
  return "$status"
}

# ray_head FILE: prints the head's name and its address.
ray_head() {
  python3 - "$1" <<'PYTHON'
import json
import re
import sys

with open(sys.argv[1]) as file:
    told = json.load(file)
if told["schema"] != 1:
    sys.exit(f"ray-head.json has schema {told['schema']}; this bootstrap knows schema 1")
if not all(re.fullmatch(r"[A-Za-z0-9.-]+", told[key]) for key in ("name", "address")):
    sys.exit(f"ray-head.json names no machine: {told}")
print(told["name"], told["address"])
PYTHON
}

# join_ray PROCESS HEAD ADDRESS: waits until Ray itself says that this node is in the cluster, while PROCESS runs.
join_ray() {
  local fact
  while kill -0 "$1" 2>/dev/null; do
    # Asking takes a second of processor time, so it waits until there can be an answer.
    if grep -q 'Ray runtime started' "$RAY_LOG" && fact=$(ask_ray "$2" "$3" 2>"$STATE_FOLDER/ray-question.log"); then
      printf '%s\n' "$fact" >"$RAY_FACT.new"
      mv "$RAY_FACT.new" "$RAY_FACT"
      echo "in the cluster: $fact"
      record_write
      upload_surely &
      return
    fi
    pause "$RAY_POLL_MS"
  done
}

# ask_ray HEAD ADDRESS: connects to Ray here, and prints the cluster that this node is in; fails if it is
# in none. A cluster's name is the ID that Ray gave its head: a new one each time that Ray starts there.
ask_ray() {
  as_ray_user env RAY_AUTH_MODE=disabled timeout 30 "$RAY_VENV/bin/python3" - "$1" "$2" "$NODE_NAME" <<'PYTHON'
import json
import sys

import ray

head, address, name = sys.argv[1:]
ray.init(address=address, log_to_driver=False, logging_level="ERROR")
node = ray.get_runtime_context().get_node_id()
alive = {each["NodeID"]: each for each in ray.nodes() if each["Alive"]}
clusters = [number for number, each in alive.items() if "node:__internal_head__" in each["Resources"]]
if len(clusters) != 1 or node not in alive or alive[node]["NodeName"] != name:
    sys.exit(f"{name} is not alive in it: {alive}")
gpus = int(alive[node]["Resources"].get("GPU", 0))
print(json.dumps({"head": head, "address": address, "cluster": clusters[0], "node": node, "gpus": gpus}))
PYTHON
}

# leave_ray: corrects the record, if it says that the node is in the cluster.
leave_ray() {
  [[ -e $RAY_FACT ]] || return 0
  rm -f "$RAY_FACT"
  record_write
  upload_soon
}

# tell_where_ray_is HEAD ADDRESS: lets everything on this node find the cluster: logins and commands over ssh by
# /etc/environment, notebooks by their service's own, the startup command by the bootstrap's. Else `ray.init()` would
# start a cluster of its own, unless Ray's folder were in /tmp, open to everybody.
tell_where_ray_is() {
  local folder=$NODE_ROOT/etc/systemd/system/jupyter.service.d own=$NODE_ROOT/etc/environment
  {
    echo "RAY_ADDRESS=$2:$RAY_PORT"
    echo "RAY_AUTH_MODE=disabled"
    echo "RAY_USAGE_STATS_ENABLED=0"
    [[ $NODE_NAME != "$1" ]] || echo "RAY_API_SERVER_ADDRESS=http://$RAY_DASHBOARD:$RAY_DASHBOARD_PORT"
  } >"$RAY_ENVIRONMENT.new"
  cmp -s "$RAY_ENVIRONMENT.new" "$RAY_ENVIRONMENT" && return

  touch "$own"
  { grep -Ev '^RAY_(ADDRESS|AUTH_MODE|USAGE_STATS_ENABLED|API_SERVER_ADDRESS)=' "$own" || true; } |
    cat - "$RAY_ENVIRONMENT.new" >"$STATE_FOLDER/environment.new"
  cat "$STATE_FOLDER/environment.new" >"$own"
  if systemctl cat jupyter.service >/dev/null 2>&1; then
    mkdir -p "$folder"
    printf '[Service]\nEnvironmentFile=-%s\n' "$RAY_ENVIRONMENT" >"$folder/cluster-ray.conf"
    cp "$RAY_ENVIRONMENT.new" "$RAY_ENVIRONMENT"
    systemctl daemon-reload
    systemctl try-restart --no-block jupyter.service
  fi
  mv "$RAY_ENVIRONMENT.new" "$RAY_ENVIRONMENT"
}
