"""Slurm's texts of generic resources: `gpu:h100:8(S:0-1)`, `gpu:a100:2(IDX:0-1),gpu:rtx:1`, `cpu=24,gres/gpu=2`."""

from __future__ import annotations

import re

from cluster_provision.settings.readers.slurm.hostlist import split_outside_brackets

_GRES = re.compile(r"gpu(?::([^:()]+))??(?::([0-9]+))?(?:\(.*\))?", re.IGNORECASE)


def gres_counts(text: str) -> dict[str, int]:
    """Return how many GPUs of each type the text names; the type is empty where it names none."""
    counts: dict[str, int] = {}
    for part in split_outside_brackets(text.replace("(", "[").replace(")", "]")):
        match = _GRES.fullmatch(part.replace("[", "(").replace("]", ")"))
        if match:
            counts[match[1] or ""] = counts.get(match[1] or "", 0) + int(match[2] or 1)
    return counts


def gpus_in_tres(text: str) -> int | None:
    """Return the GPUs in a TRES text, `None` where it is empty or says nothing of them."""
    match = re.search(r"(?:^|,)gres/gpu=([0-9]+)", text)
    return int(match[1]) if match else None
