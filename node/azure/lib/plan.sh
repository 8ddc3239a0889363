# shellcheck shell=bash
# The plan: cloud-init's file and the machine's identity by its metadata, as variables
# that every process of the bootstrap reads. ACCOUNT, BUCKET (the container) and DEPLOYMENT say where the state is,
# IDENTITY who writes it; NODE_NAME, INSTANCE_ID, ADDRESS and BOOT_ID identify the machine, PHYSICAL_HOST what it runs on; FILES_OBJECT,
# FILES_DESTINATION, SAMPLES_OBJECT, SAMPLES_DESTINATION, DOCKER, RAY_PORT, SLURM_CLOUD, SLURM_PART, SLURM_CONTROLLER, GPUS, INFINIBAND, NVME_DISKS, SIZE, ADMIN,
# HEALTH_GATE, CLOUD_INIT and HAS_COMMAND say what the steps do.

CONFIG_FILE=$NODE_ROOT/etc/cluster/config.json
PLAN_FILE=$STATE_FOLDER/plan

# plan_make: asks the metadata service, and writes the plan.
plan_make() {
  local instance=$STATE_FOLDER/instance.json
  if [[ ! -r $CONFIG_FILE ]]; then
    say "there is no $CONFIG_FILE: cloud-init has not written it; see /var/log/cloud-init.log"
    return 1
  fi
  instance_save "$instance"
  { plan_of_config "$CONFIG_FILE" && plan_of_instance "$instance"; } >"$PLAN_FILE.new"
  printf '%s=%q\n' BOOT_ID "$(<"$NODE_ROOT/proc/sys/kernel/random/boot_id")" >>"$PLAN_FILE.new"
  printf '%s=%q\n' PHYSICAL_HOST "$(physical_host)" >>"$PLAN_FILE.new"
  mv "$PLAN_FILE.new" "$PLAN_FILE"
}

# plan_read: for a size that the tool doesn't know, the machine itself counts the GPUs.
plan_read() {
  # shellcheck source=/dev/null
  . "$PLAN_FILE"
  [[ -n $GPUS ]] || GPUS=$(count_gpus)
}

# physical_host: prints the physical machine's name as Hyper-V has it, for those who repair it; nothing where it is not
# known, or is no name.
physical_host() {
  local name
  name=$(python3 -B "$NODE_ROOT/opt/health/physical_host.py" "$NODE_ROOT/var/lib/hyperv/.kvp_pool_3") || return 0
  [[ ! $name =~ ^[A-Za-z0-9._-]+$ ]] || printf '%s' "$name"
}

# command_save FILE: writes the user's command, byte for byte; returns NO_SUCH_VALUE for none.
command_save() {
  python3 - "$CONFIG_FILE" "$1" "$NO_SUCH_VALUE" <<'PYTHON'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    command = json.load(file)["startup_command"]
if not command:
    sys.exit(int(sys.argv[3]))
with open(sys.argv[2], "wb") as file:
    file.write(command.encode())
PYTHON
}

# config_number NAME: prints a number of the configuration, for units before there is a plan; nothing if it isn't
# known there, and 0 if the configuration can't be read.
config_number() {
  python3 -c 'import json, sys
number = json.load(open(sys.argv[1]))[sys.argv[2]]
print("" if number is None else int(number))' "$CONFIG_FILE" "$1" || echo 0
}

# plan_of_config FILE: prints assignments. Every value is quoted: nothing from the file is ever run as code.
plan_of_config() {
  python3 - "$1" <<'PYTHON'
import json
import shlex
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    config = json.load(file)
if config["schema"] != 1:
    sys.exit(f"{sys.argv[1]} has schema {config['schema']}; this bootstrap knows schema 1")
files = config["files"] or {"object": "", "destination": ""}
samples = config["samples"] or {"object": "", "destination": ""}
ray = config["ray"] or {"port": ""}
slurm = config.get("slurm") or {"part": "", "controller": ""}
texts = {
    "ACCOUNT": config["account"],
    "BUCKET": config["container"],
    "DEPLOYMENT": config["deployment"],
    "IDENTITY": config["identity"],
    "FILES_OBJECT": files["object"],
    "FILES_DESTINATION": files["destination"],
    "SAMPLES_OBJECT": samples["object"],
    "SAMPLES_DESTINATION": samples["destination"],
    "RAY_PORT": str(ray["port"]),
    "SLURM_CLOUD": "azure",
    "SLURM_PART": slurm["part"],
    "SLURM_CONTROLLER": slurm["controller"],
    "GPUS": "" if config["gpus"] is None else str(int(config["gpus"])),
    "NVME_DISKS": str(int(config["nvme_disks"])),
    "SIZE": config["sku"],
    "ADMIN": config["admin"],
    "HEALTH_GATE": config["health"]["gate"],
    "INFINIBAND": "yes" if config["infiniband"] else "no",
    "DOCKER": "yes" if config["docker"] else "no",
    "CLOUD_INIT": "yes" if config["cloud_init"] else "no",
    "HAS_COMMAND": "yes" if config["startup_command"] else "no",
}
for name, text in texts.items():
    print(f"{name}={shlex.quote(text)}")
PYTHON
}

# plan_of_instance FILE: prints this machine's identity from its metadata.
plan_of_instance() {
  python3 - "$1" <<'PYTHON'
import json
import shlex
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    told = json.load(file)
addresses = told["network"]["interface"][0]["ipv4"]["ipAddress"]
texts = {
    "NODE_NAME": told["compute"]["osProfile"]["computerName"],
    "INSTANCE_ID": told["compute"]["vmId"],
    "ADDRESS": addresses[0]["privateIpAddress"],
}
for name, text in texts.items():
    print(f"{name}={shlex.quote(text)}")
PYTHON
}
