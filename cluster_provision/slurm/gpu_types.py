"""Slurm's short word for a GPU: h100 for "NVIDIA H100 80GB HBM3", `nvidia_h100_80gb_hbm3` or "H100-SXM5-80GB"."""

from __future__ import annotations

import re

# Words that say whose the card is, what it is for, or which build of it, and not which it is.
_MAKERS = {"nvidia", "tesla", "geforce", "quadro", "graphics", "device"}
_BUILDS = re.compile(r"[0-9]+gb|[0-9]+gib|sxm[0-9]*|pcie|hbm[0-9]*e?|generation|nvlink")
_MIG = re.compile(r"[ _-](?:mig[ _-])?((?:[0-9]+c\.)?[0-9]+g\.[0-9]+gb(?:\+[a-z.]+)?)$")


def gpu_type(model: str) -> str:
    """Return the short word, `gpu` for a model without one. A MIG profile at the model's end stays: h100_1g.10gb."""
    text = model.strip().lower()
    profile = _MIG.search(text)
    if profile:
        text = text[: profile.start()]
    words = [word for word in re.split(r"[^a-z0-9.]+", text) if word and word not in _MAKERS]
    kept = [word for word in words if not _BUILDS.fullmatch(word)]
    name = "_".join(kept) or "gpu"
    return f"{name}_{profile[1]}" if profile else name
