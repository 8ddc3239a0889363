"""Rules for GPUs: they must fit the machine type, and its facts fill in the rest."""

from __future__ import annotations

from dataclasses import replace

from cloud_facts.gcp.machine_types import MachineType, attachable_gpus, machine_type
from cluster_provision.settings.draft import Draft, RuleResult

# GPU_COUNT's documented default for a machine type that leaves the number open.
DEFAULT_ATTACHED = 2


def gpus(draft: Draft) -> RuleResult:
    """Take GPU_COUNT and ACCELERATOR_TYPE from VM_TYPE, or as given where VM_TYPE leaves them open."""
    if not draft.good("vm_type"):
        return RuleResult()
    facts = machine_type(draft.settings.vm_type)
    if facts.kind == "fixed":
        return _fixed(draft, facts)
    if facts.kind == "attachable":
        return _attached(draft, facts)
    if facts.kind == "none":
        return _without(draft)
    return _unknown(draft)


def _fixed(draft: Draft, facts: MachineType) -> RuleResult:
    settings = draft.settings
    default = "" if "vm_type" in draft.given else " (the default)"
    carries = f"VM_TYPE {settings.vm_type}{default} carries {facts.gpus} x {facts.accelerator}"
    problems = []
    if _wants_count(draft) and settings.gpu_count != facts.gpus:
        problems.append(
            f"GPU_COUNT={settings.gpu_count}: {carries}; leave GPU_COUNT out, set it to {facts.gpus}, "
            "or choose another VM_TYPE"
        )
    if _wants_type(draft) and settings.accelerator_type != facts.accelerator:
        problems.append(
            f"ACCELERATOR_TYPE={settings.accelerator_type}: {carries}; leave ACCELERATOR_TYPE out, set it to "
            f"{facts.accelerator}, or choose another VM_TYPE"
        )
    return RuleResult(
        tuple(problems), settings=replace(settings, gpu_count=facts.gpus, accelerator_type=facts.accelerator)
    )


def _attached(draft: Draft, facts: MachineType) -> RuleResult:
    settings = draft.settings
    if not draft.good("gpu_count", "accelerator_type"):
        return RuleResult()
    wants_count, wants_type = _wants_count(draft), _wants_type(draft)
    count = settings.gpu_count if wants_count else DEFAULT_ATTACHED if wants_type else 0
    if count == 0:
        note = (
            f"VM_TYPE={settings.vm_type} carries no GPU, and none is attached; for some, set ACCELERATOR_TYPE and "
            "GPU_COUNT"
        )
        return RuleResult(
            notes=() if wants_count else (note,), settings=replace(settings, gpu_count=0, accelerator_type="")
        )
    if not wants_type:
        known = ", ".join(attachable_gpus())
        return RuleResult((f"GPU_COUNT={count} on VM_TYPE={settings.vm_type} needs ACCELERATOR_TYPE: one of {known}",))
    problem = _attachment_problem(settings.vm_type, facts.vcpus, settings.accelerator_type, count)
    return RuleResult((problem,)) if problem else RuleResult(settings=replace(settings, gpu_count=count))


def _attachment_problem(vm_type: str, vcpus: int, accelerator: str, count: int) -> str:
    counts = attachable_gpus().get(accelerator)
    if counts is None:
        return (
            f"ACCELERATOR_TYPE={accelerator} can't be attached to {vm_type}; allowed are {', '.join(attachable_gpus())}"
        )
    if count not in counts:
        allowed = ", ".join(map(str, counts))
        return f"GPU_COUNT={count}: {vm_type} can't have {count} of {accelerator}; allowed are {allowed}"
    if vcpus > counts[count]:
        return f"VM_TYPE={vm_type} has {vcpus} vCPUs; with {count} x {accelerator} at most {counts[count]} are allowed"
    return ""


def _without(draft: Draft) -> RuleResult:
    settings = draft.settings
    if not draft.good("gpu_count", "accelerator_type"):
        return RuleResult()
    wants = [
        text
        for wanted, text in (
            (_wants_count(draft) and settings.gpu_count > 0, f"GPU_COUNT={settings.gpu_count}"),
            (_wants_type(draft) and not _wants_count(draft), f"ACCELERATOR_TYPE={settings.accelerator_type}"),
        )
        if wanted
    ]
    problems = tuple(f"{want}: VM_TYPE={settings.vm_type} supports no GPUs; N1, A and G types do" for want in wants)
    return RuleResult(problems, settings=replace(settings, gpu_count=0, accelerator_type=""))


def _unknown(draft: Draft) -> RuleResult:
    settings = draft.settings
    if not draft.good("gpu_count", "accelerator_type"):
        return RuleResult()
    if not _wants_count(draft) and not _wants_type(draft):
        note = (
            f"VM_TYPE={settings.vm_type} isn't known to this version, which asks for no GPUs beyond those that the "
            "type includes; if it supports more, set GPU_COUNT and ACCELERATOR_TYPE"
        )
        return RuleResult(notes=(note,), settings=replace(settings, gpu_count=0, accelerator_type=""))
    if _wants_count(draft) and settings.gpu_count == 0:
        return RuleResult(settings=replace(settings, accelerator_type=""))
    if not _wants_count(draft) or not _wants_type(draft):
        missing, other = ("ACCELERATOR_TYPE", "GPU_COUNT") if _wants_count(draft) else ("GPU_COUNT", "ACCELERATOR_TYPE")
        return RuleResult((f"VM_TYPE={settings.vm_type} with {other} needs {missing} too",))
    return RuleResult()


def _wants_count(draft: Draft) -> bool:
    return "gpu_count" in draft.given and draft.good("gpu_count")


def _wants_type(draft: Draft) -> bool:
    return "accelerator_type" in draft.given and draft.good("accelerator_type")
