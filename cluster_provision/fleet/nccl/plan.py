"""Makes the all-reduce's command for machines of one size, from the table of settings."""

from __future__ import annotations

import shlex
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.fleet.nccl.thresholds import Threshold

_TABLE = Path(__file__).with_name("settings.toml")

PROGRAM = "all_reduce_perf"
PLACES = ("/opt/nccl-tests/build",)
"""The folder of nccl-tests in Azure's HPC images; the script searches PATH after it."""


@dataclass(frozen=True)
class MachineClass:
    """What each machine is: its size's name, GPUs, and class of settings (a key of the table).

    `limits` are the figures to judge by where the size isn't one that the table of limits names. `transport` begins the
    name by which NCCL calls the network that its plugin brings, empty where there is none to use.
    """

    size: str
    gpus: int
    accelerator: str
    infiniband: bool
    kind: str
    limits: tuple[Threshold, ...] = ()
    transport: str = ""


@dataclass(frozen=True)
class Plugin:
    """A plugin of NCCL's for the network between machines: it is in the first of `folders` that is there, its libraries
    in lib64, and `profile` is the script there that sets NCCL's variables, empty for none."""

    folders: tuple[str, ...]
    profile: str = ""


@dataclass(frozen=True)
class RunPlan:
    """A run: `begin` and `end` are message sizes in bytes, `limit` seconds; an empty `topology` means no file."""

    begin: int
    end: int
    iterations: int
    cycles: int
    warmup: int
    limit: int
    topology: str
    environment: Mapping[str, str]
    mca: Mapping[str, str]
    plugin: Plugin | None = None

    def script(self, ranks_each: int, hosts: int, *, topology: bool) -> str:
        """Return the shell script that runs it on the head and reads the machines' addresses from standard input."""
        test = ["-b", str(self.begin), "-e", str(self.end), "-f", "2", "-g", "1", "-c", "1"]
        test += ["-n", str(self.iterations), "-w", str(self.warmup)]
        variables = dict(self.environment) | ({"NCCL_TOPO_FILE": self.topology} if topology and self.topology else {})
        options = [f"-np {ranks_each * hosts}", f"--map-by ppr:{ranks_each}:node", "--bind-to none"]
        options += [f"--mca {name} {shlex.quote(value)}" for name, value in self.mca.items()]
        options += [f"-x {shlex.quote(f'{name}={value}')}" for name, value in variables.items()]
        plugin = self.plugin if hosts > 1 else None
        if plugin is not None:
            options.append('"${from_profile[@]}"')
        return _SCRIPT.format(
            plugin=_plugin_part(plugin, variables) if plugin is not None else "",
            places=" ".join(f"{place}/{PROGRAM}" for place in PLACES),
            program=PROGRAM,
            limit=self.limit,
            slots=ranks_each,
            options=" ".join(options),
            test=" ".join(test),
            cycles=self.cycles,
        )


_SCRIPT = """set -u
hosts=$(mktemp)
trap 'rm -f "$hosts"' EXIT
sed 's/$/ slots={slots}/' >"$hosts"
for start in /etc/profile.d/modules.sh /usr/share/modules/init/bash /etc/profile.d/lmod.sh; do
  if [ -r "$start" ]; then . "$start"; break; fi
done
if command -v module >/dev/null 2>&1; then module load mpi/hpcx; fi
mpirun=$(command -v mpirun) || {{ echo 'there is no mpirun on the head' >&2; exit 127; }}
program=
for each in {places} "$(command -v {program})"; do
  if [ -x "$each" ]; then program=$each; break; fi
done
[ -n "$program" ] || {{ echo 'there is no {program} on the head (nccl-tests)' >&2; exit 127; }}
{plugin}cycles=
if "$program" -h 2>&1 </dev/null | grep -q run_cycles; then cycles='-N {cycles}'; fi
set -x
timeout -k 15 {limit} "$mpirun" --hostfile "$hosts" {options} \\
  -x LD_LIBRARY_PATH="${{LD_LIBRARY_PATH:-}}" "$program" {test} $cycles </dev/null
"""
"""Older versions of nccl-tests have no cycles, and stop at an unknown option."""


_PLUGIN = """plugin=
for each in {folders}; do
  if [ -d "$each/lib64" ]; then plugin=$each; break; fi
done
[ -n "$plugin" ] || {{ echo 'there is no NCCL plugin on the head: none of {folders}' >&2; exit 127; }}
export NCCL_LIB_DIR="$plugin/lib64" LD_LIBRARY_PATH="$plugin/lib64:${{LD_LIBRARY_PATH:-}}"
{profile}from_profile=()
for each in $(compgen -e NCCL_); do
  case ' {given} ' in
    *" $each "*) ;;
    *) from_profile+=(-x "$each") ;;
  esac
done
"""
"""The variables of the plugin's own script reach every rank, but for those that the table sets itself."""


def _plugin_part(plugin: Plugin, variables: Mapping[str, str]) -> str:
    """The part of the script that finds the plugin on the head, and takes its variables over."""
    profile = f'"$plugin/{plugin.profile}"'
    read = f"if [ -r {profile} ]; then set +u; . {profile}; set -u; fi\n" if plugin.profile else ""
    return _PLUGIN.format(folders=" ".join(plugin.folders), profile=read, given=" ".join(variables))


def plan_for(machine: MachineClass) -> RunPlan:
    """Return the plan for machines of this class."""
    table, common = _table()["class"][machine.kind], _table()["common"]
    return RunPlan(
        begin=table["begin"],
        end=table["end"],
        iterations=table["iterations"],
        cycles=table["cycles"],
        warmup=table["warmup"],
        limit=table["limit"],
        topology=table.get("topology", ""),
        environment={**common["environment"], **table["environment"]},
        mca={**common["mca"], **table.get("mca", {})},
        plugin=Plugin(tuple(table["plugin"]), table.get("profile", "")) if "plugin" in table else None,
    )


def network_variables(machine: MachineClass) -> Mapping[str, str]:
    """What its class sets for NCCL, beside what every class does."""
    return {name: value for name, value in _table()["class"][machine.kind]["environment"].items() if "NCCL" in name}


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_TABLE.read_text(encoding="utf-8"))
