"""What a release makes of the user's own keys: it takes them, logs an error at each start, or doesn't start.

Looked at once the machines' release is known, before anything changes. Sources: `settings/readers/slurm/keys.toml`, and
for single values src/common/read_config.c at the same tags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.keys import Span, find_key, plugins
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cluster_provision.slurm.release import Release

TAKE, WARN, REFUSE = "take", "warn", "refuse"


@dataclass(frozen=True)
class Judgement:
    """What becomes of one key: taken, taken out with a word, or refused. `reason` is empty for one that is taken."""

    key: str
    outcome: str
    reason: str = ""


def judge_keys(extra: Sequence[tuple[str, str]], release: Release, *, adopt: bool = False) -> tuple[Judgement, ...]:
    """Judge the keys, each by itself and together, for a release. `adopt`: pam_slurm_adopt is to be set up."""
    values = {name.lower(): value for name, value in extra}
    single = [_judge(name, value, str(release)) for name, value in extra]
    return (*single, *_together(values, adopt=adopt))


def taken(extra: Sequence[tuple[str, str]], judged: Iterable[Judgement]) -> tuple[tuple[str, str], ...]:
    """Return the keys without those that are taken out with a word."""
    out = {each.key.lower() for each in judged if each.outcome == WARN}
    return tuple((name, value) for name, value in extra if name.lower() not in out)


@dataclass(frozen=True)
class _Fatal:
    """A value that ends a daemon, or that it complains of: `value` in lower case, empty for any."""

    key: str
    value: str
    outcome: str
    reason: str


_FATAL = (
    _Fatal("FastSchedule", "1", WARN, "means nothing any more but an error in the log; it is left out"),
    _Fatal("FastSchedule", "2", REFUSE, "ends slurmctld; SlurmdParameters=config_overrides does the same"),
    _Fatal("FastSchedule", "", REFUSE, "ends slurmctld; nodes are configured with what they have, take it out"),
    _Fatal("AccountingStoreJobComment", "", REFUSE, "ends slurmctld; write AccountingStoreFlags=job_comment"),
    _Fatal("SallocDefaultCommand", "", REFUSE, "ends slurmctld; write LaunchParameters=use_interactive_step"),
    _Fatal("FirstJobId", "0", REFUSE, "ends slurmctld; the first is 1"),
    _Fatal("CgroupReleaseAgentDir", "", REFUSE, "ends slurmd: its support has been removed; take it out"),
)
# Options in a value, by key: what a release complains of.
_OPTIONS = {
    ("communicationparameters", "noaddrcache"): Span(since="23.11"),
    ("slurmctldparameters", "cloud_reg_addrs"): Span(since="23.11"),
}
# Keys whose value is several plug-ins.
_SEVERAL = {"TaskPlugin", "JobSubmitPlugins", "CliFilterPlugins", "PrEpPlugins", "NodeFeaturesPlugins"}


def _judge(name: str, value: str, release: str) -> Judgement:
    key = find_key(name)
    if not key or not key.span.holds(release):
        has = f" (it is one in {key.span})" if key else ""
        file = key.file if key else "slurm.conf"
        return Judgement(
            name, REFUSE, f"{name} is no key of {file} in Slurm {release}, whose daemons would not start{has}"
        )
    if key.span.logs_error(release):
        return Judgement(name, WARN, f"{name} means nothing to Slurm {release} but an error in its log; it is left out")
    for each in _FATAL:
        if each.key == key.name and each.value in ("", value.lower()):
            return Judgement(name, each.outcome, f"{name}={shown(value)} {each.reason}")
    return _options(name, value, release) or _plugins(key.name, value, release) or Judgement(name, TAKE)


def _options(name: str, value: str, release: str) -> Judgement | None:
    given = {option.strip().partition("=")[0].lower() for option in value.split(",")}
    for (key, option), span in _OPTIONS.items():
        if key == name.lower() and option in given and span.holds(release):
            rest = "" if len(given) == 1 else " with the rest of its value"
            return Judgement(
                name,
                WARN if not rest else REFUSE,
                f"{name} has {option}, which means nothing to Slurm {release} but an error in its log; "
                + ("take it out" if rest else "it is left out"),
            )
    return None


def _plugins(name: str, value: str, release: str) -> Judgement | None:
    """Whether the release has the plug-ins that a value names: it ends where it can't load one."""
    family, known = plugins(name)
    if not family:
        return None
    for word in value.split(",") if name in _SEVERAL else [value]:
        plugin = word.strip().lower().removeprefix(f"{family}/")
        # The plug-ins named none went with 23.11, and the word still means that there is none.
        if plugin == "none" and name != "SelectType":
            continue
        span = known.get(plugin) or known.get(plugin.rstrip("0123456789").removesuffix("_v"))
        if span is None or not span.holds(release):
            have = ", ".join(f"{family}/{each}" for each, its in known.items() if its.holds(release) and each != "none")
            return Judgement(
                name, REFUSE, f"{name}={shown(value)}: Slurm {release} has no {family}/{plugin} and ends; it has {have}"
            )
    return None


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
