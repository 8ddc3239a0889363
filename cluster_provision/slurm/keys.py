"""What a release makes of the user's own keys: it takes them, logs an error at each start, or doesn't start.

Looked at once the machines' release is known, before anything changes; what no release takes, the settings refuse by
the same judgement (`settings/readers/slurm/judgement.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.judgement import REFUSE, WARN, Judgement, judge
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.slurm.release import Release


def judge_keys(extra: Sequence[tuple[str, str]], release: Release, *, adopt: bool = False) -> tuple[Judgement, ...]:
    """Judge the keys, each by itself and together, for a release. `adopt`: pam_slurm_adopt is to be set up."""
    values = {name.lower(): value for name, value in extra}
    single = [judge(name, value, str(release)) for name, value in extra]
    return (*single, *_together(values, adopt=adopt))


def taken(extra: Sequence[tuple[str, str]], judged: Iterable[Judgement]) -> tuple[tuple[str, str], ...]:
    """Return the keys without those that are taken out with a word."""
    out = {each.key.lower() for each in judged if each.outcome == WARN}
    return tuple((name, value) for name, value in extra if name.lower() not in out)


def _together(values: dict[str, str], *, adopt: bool) -> list[Judgement]:
    """What the daemons don't take together."""
    flags = _words(values.get("prologflags", ""))
    found: list[Judgement] = []
    if adopt and "prologflags" in values and not flags & {"contain", "x11"}:
        found.append(
            Judgement(
                "PrologFlags",
                REFUSE,
                f"PrologFlags={shown(values['prologflags'])} lacks Contain, without which pam_slurm_adopt lets nobody "
                "in; add Contain",
            )
        )
    if "nohold" in flags and flags & {"contain", "x11"}:
        found.append(
            Judgement("PrologFlags", REFUSE, "PrologFlags has NoHold beside Contain or X11, and ends slurmctld")
        )
    if "x11" in flags and "linuxproc" in values.get("proctracktype", "").lower():
        found.append(
            Judgement("PrologFlags", REFUSE, "PrologFlags=X11 beside ProctrackType=proctrack/linuxproc ends slurmctld")
        )
    if "tmpfs" in values.get("jobcontainertype", "").lower() and "prologflags" in values and "contain" not in flags:
        found.append(Judgement("PrologFlags", REFUSE, "PrologFlags lacks Contain, which job_container/tmpfs needs"))
    if {"enable_nss_slurm", "disable_send_gids"} <= _words(values.get("launchparameters", "")):
        found.append(
            Judgement(
                "LaunchParameters", REFUSE, "LaunchParameters has enable_nss_slurm and disable_send_gids; choose one"
            )
        )
    if {"usepss", "noshared"} <= _words(values.get("jobacctgatherparams", "")):
        found.append(
            Judgement("JobAcctGatherParams", REFUSE, "JobAcctGatherParams has UsePSS and NoShared; choose one")
        )
    return found


def _words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(",") if word.strip()}
