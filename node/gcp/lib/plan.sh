# shellcheck shell=bash
# The plan: the instance's metadata, as variables that every process of the bootstrap reads.
# BUCKET and DEPLOYMENT say where the state is; NODE_NAME, INSTANCE_ID, ADDRESS and BOOT_ID identify the machine;
# FILES_OBJECT, FILES_DESTINATION, SAMPLES_OBJECT, SAMPLES_DESTINATION, MOUNT_BUCKETS, MOUNT_PATHS, SHARE_SOURCES,
# SHARE_PATHS, RAY_PORT, SLURM_CLOUD, SLURM_PART, SLURM_CONTROLLER, OPS_AGENT, GPUS, HEALTH_GATE, HAS_COMMAND and
# NOTEBOOK say what the steps do.

PLAN_FILE=$STATE_FOLDER/plan

# plan_make: asks the metadata server, and writes the plan.
plan_make() {
  local config=$STATE_FOLDER/config.json name id ip
  metadata_save instance/attributes/cluster-config "$config" || {
    say "no cluster-config could be read from the metadata server at $METADATA_HOST"
    return 1
  }
  name=$(metadata instance/name)
  id=$(metadata instance/id)
  ip=$(metadata instance/network-interfaces/0/ip)

  plan_of_config "$config" >"$PLAN_FILE.new"
  printf '%s=%q\n' NODE_NAME "$name" INSTANCE_ID "$id" ADDRESS "$ip" \
    BOOT_ID "$(<"$NODE_ROOT/proc/sys/kernel/random/boot_id")" >>"$PLAN_FILE.new"
  mv "$PLAN_FILE.new" "$PLAN_FILE"
}

# command_save FILE: writes the user's command, byte for byte; returns NO_SUCH_VALUE for none.
command_save() {
  metadata_save instance/attributes/cluster-startup-command "$1"
}

plan_read() {
  # shellcheck source=/dev/null
  . "$PLAN_FILE"
}

# plan_of_config FILE: prints assignments. Every value is quoted: nothing from the metadata is ever run as code.
plan_of_config() {
  python3 - "$1" <<'PYTHON'
import json
import shlex
import sys

with open(sys.argv[1]) as file:
    config = json.load(file)
if config["schema"] != 1:
    sys.exit(f"cluster-config has schema {config['schema']}; this bootstrap knows schema 1")
files = config["files"] or {"object": "", "destination": ""}
samples = config["samples"] or {"object": "", "destination": ""}
ray = config["ray"] or {"port": ""}
slurm = config.get("slurm") or {"part": "", "controller": ""}
texts = {
    "BUCKET": config["bucket"],
    "DEPLOYMENT": config["deployment"],
    "FILES_OBJECT": files["object"],
    "FILES_DESTINATION": files["destination"],
    "SAMPLES_OBJECT": samples["object"],
    "SAMPLES_DESTINATION": samples["destination"],
    "RAY_PORT": str(ray["port"]),
    "SLURM_CLOUD": "gcp",
    "SLURM_PART": slurm["part"],
    "SLURM_CONTROLLER": slurm["controller"],
    "NOTEBOOK": "yes" if config["notebook"] else "no",
    "OPS_AGENT": "yes" if config["ops_agent"] else "no",
    "GPUS": str(int(config["gpus"])),
    "HEALTH_GATE": config["health"]["gate"],
    "HAS_COMMAND": "yes" if config["health"]["before_command"] else "no",
}
lists = {
    "MOUNT_BUCKETS": [mount["bucket"] for mount in config["buckets"]],
    "MOUNT_PATHS": [mount["path"] for mount in config["buckets"]],
    "SHARE_SOURCES": [f"{share['address']}:/{share['share']}" for share in config["file_shares"]],
    "SHARE_PATHS": [share["path"] for share in config["file_shares"]],
}
for name, text in texts.items():
    print(f"{name}={shlex.quote(text)}")
for name, texts in lists.items():
    print(f"{name}=({' '.join(map(shlex.quote, texts))})")
PYTHON
}
