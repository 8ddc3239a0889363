# shellcheck shell=bash
# The image's Docker: its data goes onto the NVMe disks, if there are any, and everybody with a home may use it.

DOCKER_CONFIG=$NODE_ROOT/etc/docker/daemon.json
DOCKER_FOLDER=$RAID_PLACE/docker
DOCKER_UNIT_FOLDER=$NODE_ROOT/etc/systemd/system/docker.service.d
DOCKER_LIMIT=${DOCKER_LIMIT:-120}

step_docker() {
  local root='' changed=no
  [[ $DOCKER == yes ]] || return "$NOTHING_TO_DO"
  if ! command -v dockerd >/dev/null; then
    echo "the image has no Docker"
    return "$NOTHING_TO_DO"
  fi
  let_users_use_docker
  [[ -z $(raid_mounted) ]] || root=$DOCKER_FOLDER
  docker_config "$root" >"$STATE_FOLDER/daemon.json"
  if ! cmp -s "$STATE_FOLDER/daemon.json" "$DOCKER_CONFIG"; then
    mkdir -p "$(dirname "$DOCKER_CONFIG")"
    cp "$STATE_FOLDER/daemon.json" "$DOCKER_CONFIG"
    changed=yes
  fi
  bind_docker_to_disks
  if [[ $changed == yes ]] || ! systemctl is-active --quiet docker.service; then
    systemctl restart docker.service
  fi
  retry "$DOCKER_LIMIT" docker_answers
}

# let_users_use_docker: for everybody with a home, such as an image's own users and ADMIN.
let_users_use_docker() {
  local home user
  getent group docker >/dev/null || groupadd --system docker
  for home in "$NODE_ROOT"/home/*/; do
    user=$(basename "$home")
    ! id "$user" >/dev/null 2>&1 || usermod --append --groups docker "$user"
  done
}

# docker_config ROOT: prints the daemon's configuration with its data at ROOT, or at its former place for an empty ROOT.
# Everything else in it stays: NVIDIA's runtime, and a data-root that somebody else has chosen.
docker_config() {
  python3 - "$DOCKER_CONFIG" "$DOCKER_FOLDER" "$1" <<'PYTHON'
import json
import sys
from pathlib import Path

path, ours, root = Path(sys.argv[1]), *sys.argv[2:]
text = path.read_text() if path.exists() else ""
try:
    config = json.loads(text or "{}")
except ValueError as error:
    sys.exit(f"{path} is not JSON ({error}), so Docker can't be configured")
before = dict(config)
if config.get("data-root", ours) != ours:
    print(f"Docker's data stays at {config['data-root']}, as {path} has it", file=sys.stderr)
elif root:
    config["data-root"] = root
else:
    config.pop("data-root", None)
sys.stdout.write(text if text and config == before else json.dumps(config, indent=4) + "\n")
PYTHON
}

# bind_docker_to_disks: if its data is on them. At the next start Docker waits for the disks, and does not fill the
# system's disk if they could not be mounted.
bind_docker_to_disks() {
  local unit=$DOCKER_UNIT_FOLDER/cluster-disks.conf
  rm -f "$unit"
  if grep -qE "\"data-root\": *\"$DOCKER_FOLDER\"" "$DOCKER_CONFIG"; then
    mkdir -p "$DOCKER_UNIT_FOLDER"
    printf '[Unit]\nAfter=cluster-disks.service\nAssertPathIsMountPoint=%s\n' "$RAID_PLACE" >"$unit"
  fi
  systemctl daemon-reload
}

docker_answers() {
  docker info --format 'Docker {{.ServerVersion}} keeps its data at {{.DockerRootDir}}'
}
