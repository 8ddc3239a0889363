"""What a played machine's own checks would find: all is well, but for the GPUs that conditions.json makes sick."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MADE_UP = "made up by the rehearsal"


def health_of(
    config: Mapping[str, Any], sick_gpus: Sequence[int], checks: Mapping[str, Callable[[Sequence[int]], str]]
) -> dict[str, Any]:
    """The record's `health`: of sick GPUs that they are, as each of the `checks` would say it; that there was nothing
    to check where the size has no GPU; that nobody knows of a size that isn't known; nothing with HEALTH_GATE=off."""
    if gate_of(config) == "off":
        return {}
    if config.get("gpus") == 0:
        return _found("skipped", dict.fromkeys(checks, ("skipped", "the size has no GPU")))
    if config.get("gpus") is None:
        return _found("unknown", dict.fromkeys(checks, ("unknown", "nothing is known of this size")))
    if sick_gpus:
        return _found("unhealthy", {name: ("failed", f"{say(sick_gpus)} ({MADE_UP})") for name, say in checks.items()})
    return _found("healthy", dict.fromkeys(checks, ("passed", MADE_UP)))


def gate_of(config: Mapping[str, Any]) -> str:
    """Whether the machine checks itself: "off" or not, as its bootstrap was told."""
    return str((config.get("health") or {}).get("gate", "on"))


def dcgm_says(sick_gpus: Sequence[int]) -> str:
    """DCGM's diagnostics of GPUs with broken memory."""
    named = ", ".join(f"GPU {each}" for each in sick_gpus)
    return f"level 2: memory ({named}): uncorrectable memory errors"


def _found(verdict: str, checks: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    told = [{"name": name, "status": word, "detail": detail, "time": now} for name, (word, detail) in checks.items()]
    return {"verdict": verdict, "host": "", "checks": told}
