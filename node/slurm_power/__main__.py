"""`slurm-nodes resume | suspend | list | sync`, and `azslurm`, by which CycleCloud's users know it."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields

from node.machine.programs import Failure
from node.slurm_power.commands import FAILED, OK, list_nodes, resume, suspend
from node.slurm_power.intervals import Intervals
from node.slurm_power.work import given_cluster, sync


def main(arguments: list[str]) -> int:
    program, *rest = arguments or ["slurm-nodes"]
    asked = _parser(program).parse_args(rest)
    if os.geteuid():
        print(f"{program} needs root's rights: sudo {program} {' '.join(rest)}", file=sys.stderr)
        return FAILED
    if asked.what == "scale":
        print("nothing to do: a node's size is its machine type's, and Create sets it")
        return OK
    if asked.what == "buckets":
        print("there are no buckets here: `slurm-nodes list` shows the nodes, `sinfo` the partitions")
        return FAILED
    try:
        return _run(asked)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return FAILED


def _run(asked: argparse.Namespace) -> int:
    if asked.what == "sync":
        given = {each.name: getattr(asked, each.name) for each in fields(Intervals)}
        problems = sync(Intervals(**given))
        print("\n".join(problems), end="\n" if problems else "")
        return FAILED if problems else OK
    cluster = given_cluster()
    if asked.what in ("list", "nodes"):
        return list_nodes(cluster, print)
    text = asked.node_list if asked.node_list is not None else " ".join(asked.nodes)
    if asked.what == "resume":
        return resume(cluster, text, print)
    return suspend(cluster, text, print, force=asked.force)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, allow_abbrev=False, description="Switches nodes on and off.")
    words = parser.add_subparsers(dest="what", required=True, metavar="resume | suspend | list | sync")
    for what, helps in (("resume", "make nodes, and put them to work"), ("suspend", "drain nodes, and delete them")):
        one = words.add_parser(what, help=helps, allow_abbrev=False)
        one.add_argument("nodes", nargs="*", metavar="NODES", help="a list as Slurm writes it: demo-hpc-[1-8]")
        one.add_argument("--node-list", metavar="NODES", help="the same, as azslurm has it")
        one.add_argument("--no-wait", action="store_true", help="accepted; it never waits")
        if what == "suspend":
            one.add_argument("--force", action="store_true", help="end the jobs on them, and delete them at once")
    words.add_parser("list", help="say which are on")
    words.add_parser("nodes", help="the same")
    one = words.add_parser("sync", help="compare Slurm with the cloud, and do what follows", allow_abbrev=False)
    for each in fields(Intervals):
        option, helps = f"--{each.name.replace('_', '-')}", f"{each.metadata['help']} SECONDS ({each.default:.0f})"
        one.add_argument(option, type=float, default=each.default, metavar="SECONDS", help=helps)
    words.add_parser("scale", help="nothing, as CycleCloud's users may call it")
    words.add_parser("buckets", help="nothing, as CycleCloud's users may call it")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
