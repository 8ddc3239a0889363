"""Values that are words: with any other, slurmctld ends at its start.

Read in github.com/SchedMD/slurm, src/common/read_config.c and slurm_protocol_defs.c, at the tags that keys.toml names:
the words of all these releases. What a release only complains of in its log isn't here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster_provision.settings.reading import shown


@dataclass(frozen=True)
class Words:
    """One of these words, or with `several` a list of them with commas; `more` is a pattern of what is allowed too."""

    words: str
    several: bool = True
    more: str = ""

    def problem(self, value: str) -> str:
        """Return what is wrong with a value, empty where nothing is. Slurm's words know no case."""
        known = self.words.lower().split()
        for word in value.split(",") if self.several else [value]:
            if word.lower() not in known and not (self.more and re.fullmatch(self.more, word, re.IGNORECASE)):
                return f"is {shown(word)}; allowed are {', '.join(self.words.split())}"
        return ""


_LEVELS = Words("quiet fatal error info verbose debug debug2 debug3 debug4 debug5", several=False, more="[0-9]+")
_LIMITS = Words("ALL NONE AS CORE CPU DATA FSIZE MEMLOCK NOFILE NPROC RSS STACK", more="RLIMIT_[A-Z]+")
PREEMPT_MODE = Words("OFF CANCEL GANG REQUEUE SUSPEND WITHIN PRIORITY", more="cluster|on")
WORDS: dict[str, Words] = {
    "AccountingStorageEnforce": Words("associations limits qos safe wckeys all nojobs nosteps", more="[12]"),
    "DebugFlags": Words(
        "Accrue Agent AuditRPCs AuditTLS Backfill BackfillMap BurstBuffer Cgroup ConMgr CPU_Bind CpuFrequency Data "
        "DBD_Agent Dependency Elasticsearch Energy ExtSensors Federation FrontEnd Gang GLOB_SILENCE Gres Hetjob "
        "Interconnect JAG JobAccountGather JobComp JobContainer License Metrics MPI Namespace Net NetRaw Network "
        "NetworkRaw NO_CONF_HASH NodeFeatures Power PowerSave Priority Profile Protocol Reservation Route Sack Script "
        "SelectType Steps Switch Task Thread Threads TimeCray TLS TraceJobs Trigger Triggers WorkQ WorkQueue",
        more="DB_[A-Z]+",
    ),
    "EnforcePartLimits": Words("ALL ANY NO YES", several=False, more="up|true|1|down|false|0"),
    "PreemptMode": PREEMPT_MODE,
    "PriorityUsageResetPeriod": Words("NONE NOW DAILY WEEKLY MONTHLY QUARTERLY YEARLY", several=False),
    "PrologFlags": Words("Alloc Contain DeferBatch ForceRequeueOnFail NoHold RunInJob Serial X11"),
    "PropagateResourceLimits": _LIMITS,
    "PropagateResourceLimitsExcept": _LIMITS,
    "ReconfigFlags": Words("KeepPartInfo KeepPartState KeepPowerSaveSettings"),
    "SelectTypeParameters": Words(
        "CR_CPU CR_CPU_Memory CR_Core CR_Core_Memory CR_Socket CR_Socket_Memory CR_Memory CR_ONE_TASK_PER_CORE "
        "CR_CORE_DEFAULT_DIST_BLOCK CR_NO_DIST_TOPO_BLOCK CR_LLN CR_Pack_Nodes LL_SHARED_GRES MULTIPLE_SHARING_GRES_PJ "
        "ENFORCE_BINDING_GRES ONE_TASK_PER_SHARING_GRES",
        more="other_cons_(res|tres)",
    ),
    "SlurmctldDebug": _LEVELS,
    "SlurmctldSyslogDebug": _LEVELS,
    "SlurmdDebug": _LEVELS,
    "SlurmdSyslogDebug": _LEVELS,
    "TaskPluginParam": Words(
        "none sockets cores threads verbose SlurmdOffSpec OOMKillStep SlurmdSpecOverride autobind=none",
        more="autobind=(none|threads|cores|sockets)",
    ),
}
"""Of slurm.conf's keys."""

PARTITION_WORDS: dict[str, Words] = {
    "Exclusive": Words("NO NODE USER TOPO", several=False, more="none"),
    "OverSubscribe": Words("EXCLUSIVE FORCE YES NO", several=False, more="(FORCE|YES):[0-9]+"),
    "PreemptMode": PREEMPT_MODE,
    "SelectTypeParameters": Words("CR_Core CR_Core_Memory CR_Socket CR_Socket_Memory", several=False),
    "Shared": Words("EXCLUSIVE FORCE YES NO", several=False, more="(FORCE|YES):[0-9]+"),
    "State": Words("UP DOWN DRAIN INACTIVE", several=False),
}
"""Of the keys of a PartitionName line."""

# slurm.conf(5), "PriorityMaxAge" and others: minutes, hours:minutes:seconds, days-hours and longer forms of it.
TIME = re.compile(r"[0-9]+(:[0-9]{1,2}){0,2}|[0-9]+-[0-9]{1,2}(:[0-9]{1,2}){0,2}|INFINITE|UNLIMITED|-1", re.IGNORECASE)
TIMES = ("PreemptExemptTime", "PriorityCalcPeriod", "PriorityDecayHalfLife", "PriorityMaxAge")
"""Of slurm.conf's keys, those whose value is a time."""
