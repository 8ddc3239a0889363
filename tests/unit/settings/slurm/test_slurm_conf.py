"""The user's own lines of slurm.conf: read as Slurm reads them, and refused all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_provision.settings.readers.slurm.slurm_conf import SlurmConf
from cluster_provision.settings.reading import BadValue

DATA = Path(__file__).parent / "data"

SITE = (
    "SelectType=select/cons_tres; SelectTypeParameters=CR_Core_Memory,CR_CORE_DEFAULT_DIST_BLOCK,CR_ONE_TASK_PER_CORE; "
    "SchedulerParameters=bf_window=4320,bf_max_job_test=500,nohold_on_prolog_fail; PreemptType=preempt/partition_prio; "
    "PreemptMode=REQUEUE; PriorityType=priority/multifactor; PriorityWeightFairshare=100000; "
    "TaskPlugin=task/affinity,task/cgroup; PrologFlags=Alloc,Serial,Contain; ReturnToService=2; DefMemPerGPU=120000; "
    "GresTypes=gpu; JobRequeue=1; MaxArraySize=10001; LaunchParameters=use_interactive_step"
)


def reasons(text: str) -> list[str]:
    with pytest.raises(BadValue) as bad:
        SlurmConf().read(text)
    return list(bad.value.reasons)


def values(text: str) -> dict[str, str]:
    return {each.name: each.value for each in SlurmConf().read(text).keys}


def test_what_gpu_sites_set_is_taken_whole() -> None:
    read = values(SITE)
    assert len(read) == 15
    assert read["SchedulerParameters"] == "bf_window=4320,bf_max_job_test=500,nohold_on_prolog_fail"
    assert read["LaunchParameters"] == "use_interactive_step"


def test_keys_have_slurms_own_spelling_whatever_the_users() -> None:
    assert values("waittime=0;SELECTTYPE=select/linear") == {"WaitTime": "0", "SelectType": "select/linear"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('RebootProgram="/bin/systemctl reboot"', "/bin/systemctl reboot"),
        ('MailProg="/usr/bin/a;b"', "/usr/bin/a;b"),
        ("MailProg = /usr/bin/mail ", "/usr/bin/mail"),
        ("MailProg=/usr/bin/a\\#b", "/usr/bin/a#b"),
        ("MailProg=/usr/bin/a\\\\b", "/usr/bin/a\\b"),
    ],
)
def test_quotes_and_backslashes_are_read_as_slurm_reads_them(text: str, value: str) -> None:
    (read,) = values(text).values()
    assert read == value


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{SITE};returntoservice=1", "entry 16 has returntoservice, which is there twice, entry 10 too"),
        ("MaxJobCnt=5", "did you mean MaxJobCount?"),
        ("MemLimitEnforce=yes", "no release of Slurm from 22.05 to 26.05 knows"),
        ("KillWait=soon", "allowed is a whole number"),
        ("KillWait=030", "octal"),
        ("KillWait=70000", "the highest is 65535"),
        ("KillWait=-1", "from 0 on"),
        ("DisableRootJobs=perhaps", "allowed are yes and no"),
        ("ConstrainRAMSpace=perhaps", "allowed are yes and no"),
        ("SchedulerAuth=", "has no value"),
        ('MailProg=""', "has no value"),
        ("RebootProgram=/bin/systemctl reboot", "a value with blanks stands in double quotes"),
        ("SchedulerParameters+=bf_continue", "is set with +="),
        ("KillWait 30", "is not Key=Value"),
        ("KillWait=30 # half a minute", "begins a comment"),
        ("ControlMachine=ctl", "the controller is CONTROLLER"),
        ("CryptoType=crypto/munge", "machines know each other by munge"),
        ("AccountingStorageLoc=slurm_acct_db", "ACCOUNTING=local or off"),
        ("PluginDir=/usr/local/lib/slurm", "the packages' places"),
        ("HealthCheckProgram=/usr/sbin/nhc", "own program looks after"),
        ("AutoDetect=nvml", "is a key of gres.conf"),
        ("PowerAction=x", "keys of its own"),
        ("Include /etc/slurm/site.conf", "write its lines here"),
        ("include nodes.conf", "write its lines here"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_what_to_do(text: str, named: str) -> None:
    assert named in "\n".join(reasons(text))


def test_everything_that_is_wrong_with_a_file_is_listed_by_line() -> None:
    listed = reasons(str(DATA / "old-cluster.conf"))
    assert [reason.split(",")[0].replace(" has ", " ") for reason in listed] == [
        "line 1 clustername",
        "line 2 SlurmctldHost",
        "line 3 AuthType",
        "line 4 SlurmUser",
        "line 10 NodeName",
        "line 13 PartitionName",
        "line 14 Include /etc/slurm/site.conf",
        "line 15 Include nodes.conf",
        "line 16 StateSaveLocation",
        "line 17 Prolog",
        "line 18 Epilog_is_no_key",
        "line 21 LaunchParameters",
    ]


def test_what_remains_of_a_file_is_offered_as_one_value() -> None:
    offered = reasons(str(DATA / "old-cluster.conf"))[-1].partition("SLURM_CONF_EXTRA=")[2]
    assert values(offered) == {
        "PropagateResourceLimitsExcept": "MEMLOCK",
        "SchedulerParameters": "bf_continue,bf_interval=60,default_queue_depth=500",
        "LaunchParameters": "use_interactive_step,enable_nss_slurm",
        "MailProg": "/usr/bin/s-nail",
        "AccountingStorageTRES": "gres/gpu,gres/gpu:h100",
    }


def test_a_whole_slurm_conf_is_refused_and_the_rest_of_it_is_ready_to_copy() -> None:
    listed = reasons(str(DATA / "deepops.conf"))
    offered = values(listed[-1].partition("SLURM_CONF_EXTRA=")[2])
    assert len(listed) == 19
    assert offered["RebootProgram"] == "/bin/systemctl reboot"
    assert offered["TaskPlugin"] == "affinity,cgroup"
    assert {"MailProg", "InactiveLimit", "MinJobAge", "KillWait", "WaitTime", "JobCompType"} <= offered.keys()
    assert not {"TreeWidth", "PluginDir", "Prolog", "RealMemory"} & offered.keys()


def test_a_line_is_joined_with_the_one_behind_its_backslash(tmp_path: Path) -> None:
    file = tmp_path / "extra.conf"
    file.write_text(
        "# one\nSchedulerParameters=bf_continue,\\\nbf_interval=60 # two\nKillWait=60 WaitTime=0\nMailProg=/a \\"
    )
    assert values(str(file)) == {
        "SchedulerParameters": "bf_continue,bf_interval=60",
        "KillWait": "60",
        "WaitTime": "0",
        "MailProg": "/a",
    }


def test_a_comment_ends_with_its_line_and_an_even_number_of_backslashes_continues_nothing(tmp_path: Path) -> None:
    file = tmp_path / "extra.conf"
    file.write_text("MailProg=/a\\\\\n#KillWait=1 \\\nWaitTime=3\n")
    assert values(str(file)) == {"MailProg": "/a\\", "WaitTime": "3"}


def test_keys_of_cgroup_conf_are_told_apart() -> None:
    read = SlurmConf().read("constrainramspace=no;KillWait=60")
    assert (read.of("cgroup.conf"), read.of("slurm.conf")) == ((("ConstrainRAMSpace", "no"),), (("KillWait", "60"),))


def test_what_was_read_is_shown_as_it_can_be_read_again() -> None:
    text = 'RebootProgram="/bin/systemctl reboot";MailProg=/a\\#b;SchedulerParameters=bf_interval=60,bf_continue'
    assert SlurmConf().show(SlurmConf().read(text)) == text


def test_a_file_that_is_not_there_says_how_to_mount_it() -> None:
    assert "mount it" in reasons("/nowhere/slurm.conf")[0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("PreemptType=preempt/qos;PreemptMode=KILL", "PreemptMode, which is KILL; allowed are OFF, CANCEL, GANG"),
        ("PreemptMode=REQUEUE", "PreemptMode=REQUEUE without PreemptType"),
        ("PreemptType=preempt/partition_prio", "without a PreemptMode, such as REQUEUE"),
        ("PreemptType=preempt/qos;PreemptMode=GANG", "without a PreemptMode, such as REQUEUE"),
        ("PreemptType=preempt/qos;PreemptMode=SUSPEND", "write PreemptMode=SUSPEND,GANG"),
        ("EnforcePartLimits=MAYBE", "EnforcePartLimits, which is MAYBE; allowed are ALL, ANY, NO, YES"),
        ("AccountingStorageEnforce=limits,quotas", "which is quotas; allowed are associations, limits"),
        ("SlurmctldDebug=debug9", "which is debug9; allowed are quiet, fatal"),
        ("DebugFlags=Gres,everything", "which is everything; allowed are Accrue"),
        ("PriorityUsageResetPeriod=HOURLY", "which is HOURLY; allowed are NONE, NOW, DAILY"),
        ("PrologFlags=Alloc,Containn", "which is Containn; allowed are Alloc, Contain"),
        ("ReconfigFlags=Keep", "which is Keep; allowed are KeepPartInfo"),
        ("SelectTypeParameters=CR_Cores", "which is CR_Cores; allowed are CR_CPU"),
        ("TaskPluginParam=Sched,Autobind=None", "which is Sched; allowed are none, sockets"),
        ("PropagateResourceLimits=FOO", "which is FOO; allowed are ALL, NONE, AS"),
        ("SelectType=select/linear;SelectTypeParameters=CR_Core", "beside SelectType=select/linear; write CR_Memory"),
        ("Licenses=ansys:10,matlab:x", "a license is written as name:count"),
        ("PriorityMaxAge=week", "which is week; a time is minutes"),
        ("PriorityDecayHalfLife=never", "which is never; a time is minutes"),
        ("PriorityWeightAge=1000,PriorityWeightQOS=5", "keys are separated by semicolons"),
    ],
)
def test_a_value_with_which_slurmctld_ends_is_refused_with_what_is_allowed(text: str, named: str) -> None:
    assert any(named in reason for reason in reasons(text))


@pytest.mark.parametrize(
    "text",
    [
        "PreemptType=preempt/qos;PreemptMode=suspend,gang",
        "PreemptType=preempt/partition_prio;PreemptMode=CANCEL",
        "PreemptMode=GANG",
        "PreemptMode=off",
        "EnforcePartLimits=any",
        "AccountingStorageEnforce=2,QOS",
        "SlurmdDebug=7",
        "DebugFlags=NO_CONF_HASH,db_query",
        "PrologFlags=X11",
        "SelectTypeParameters=CR_Core_Memory,CR_LLN",
        "TaskPluginParam=Cores,autobind=threads",
        "PriorityDecayHalfLife=7-0",
        "PriorityMaxAge=INFINITE",
        "PriorityCalcPeriod=5",
        "Licenses=ansys:10,matlab@flex:20,one",
        "PropagateResourceLimits=RLIMIT_CORE,NOFILE",
        "SelectType=select/linear;SelectTypeParameters=CR_Memory,CR_LLN",
    ],
)
def test_slurms_words_are_taken_in_any_case(text: str) -> None:
    assert values(text)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("FastSchedule=0", "entry 1: FastSchedule=0 ends slurmctld; nodes are configured with what they have"),
        ("AccountingStoreJobComment=yes", "write AccountingStoreFlags=job_comment"),
        ("SelectType=select/wishful", "has no select/wishful and ends"),
    ],
)
def test_what_no_release_starts_with_is_refused_at_once(given: str, words: str) -> None:
    assert words in reasons(given)[0]


def test_the_rest_has_only_what_every_release_takes_and_names_the_others() -> None:
    text = "ClusterName=x;KillWait=60;FastSchedule=1;SelectType=select/cons_res;CgroupReleaseAgentDir=/x"
    first, fatal = reasons(text)
    assert first.startswith("entry 1 has ClusterName") and fatal.startswith("entry 5: CgroupReleaseAgentDir=/x ends")
    offered, _, others = fatal.partition("SLURM_CONF_EXTRA=")[2].partition("; not in that")
    assert offered == "KillWait=60"
    assert "FastSchedule=1 (which means nothing any more)" in others
    assert "SelectType=select/cons_res (Slurm 22.05, 23.02 alone)" in others


def test_nothing_is_offered_where_nothing_is_left() -> None:
    assert "SLURM_CONF_EXTRA=" not in reasons("ClusterName=x;FastSchedule=1")[-1]
