"""docs/machine-types.md, made from the table of machine types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import attachable_gpus, known_types, table_date

if TYPE_CHECKING:
    from cloud_facts.gcp.machine_types import MachineType

INTRODUCTION = """# Machine types

<!-- Made by `make docs` from cloud_facts/gcp/machine_types.toml, which has the sources: don't edit. -->

What this version knows of Google Cloud's machine types with GPUs, as of {date}. What an env file asks for is checked
against it before anything else; before Apply, each zone is asked what it really has. A type that isn't here is taken as
the env file describes it.

- **Sold as**: the values of `PROVISIONING_MODEL`. Where `standard` is missing, the type isn't sold on demand.
- **Cards**: the network cards that a machine takes at most, and what its GPUs use them for with
  `NETWORK_CONFIG=multi_nic_network`.
- **Close**: what `COMPACT_PLACEMENT=yes` makes, a placement policy or a workload policy. Machines marked with a star
  come by whole racks in Google Cloud, which this version doesn't order: it makes one alone.
"""
_USES = {
    "single": "",
    "tcpx": ", GPUDirect-TCPX",
    "tcpxo": ", GPUDirect-TCPXO",
    "rdma": ", GPUDirect RDMA",
    "": "; multi_nic_network not in this version",
}


def machine_types_markdown() -> str:
    """The text of docs/machine-types.md."""
    rows = [
        "| VM_TYPE | GPUs | vCPUs | boot disks | local SSDs | sold as | cards | close |",
        "|---|---|---|---|---|---|---|---|",
        *(_row(name, facts) for name, facts in known_types().items()),
    ]
    attached = [
        "## GPUs that N1 machines take",
        "",
        "| ACCELERATOR_TYPE | GPU_COUNT: most vCPUs |",
        "|---|---|",
        *(
            f"| {accelerator} | {', '.join(f'{count}: {vcpus}' for count, vcpus in counts.items())} |"
            for accelerator, counts in attachable_gpus().items()
        ),
        "",
        "They are sold as standard and spot, boot from pd-ssd, pd-balanced or pd-standard, and take no policy.",
    ]
    return "\n".join([INTRODUCTION.format(date=table_date()), *rows, "", *attached, ""])


def _row(name: str, facts: MachineType) -> str:
    cells = (
        name + (" (Arm)" if facts.arm else ""),
        f"{facts.gpus} x {facts.accelerator}",
        str(facts.vcpus),
        ", ".join(facts.disks),
        str(facts.local_ssds or ""),
        ", ".join(facts.models),
        f"{facts.nics or 'not known'}{_USES[facts.layout]}",
        facts.placement + (" *" if facts.racks else ""),
    )
    return "| " + " | ".join(cell.replace("*", "\\*") for cell in cells) + " |"
