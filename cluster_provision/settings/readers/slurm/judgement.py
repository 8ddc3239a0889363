"""What a release makes of a key and its value: it takes them, logs an error at each start, or doesn't start.

Sources: `keys.toml`, and for single values src/common/read_config.c at the same tags.
"""

from __future__ import annotations

from dataclasses import dataclass

from cluster_provision.settings.readers.slurm.keys import Span, find_key, plugins, releases
from cluster_provision.settings.reading import shown

TAKE, WARN, REFUSE = "take", "warn", "refuse"


@dataclass(frozen=True)
class Judgement:
    """What becomes of one key: taken, taken out with a word, or refused. `reason` is empty for one that is taken."""

    key: str
    outcome: str
    reason: str = ""


def judge_everywhere(name: str, value: str) -> dict[str, Judgement]:
    """Judge a key for each release that is known, by its name, the oldest first."""
    return {release: judge(name, value, release) for release in releases()}


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


def judge(name: str, value: str, release: str) -> Judgement:
    """Judge a key by itself, for a release such as 24.11."""
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
