"""What `squeue` prints of jobs: those that wait and run, and those that have ended within MinJobAge (300 s)."""

from __future__ import annotations

from dataclasses import dataclass

ALL_JOBS = ("squeue", "--noheader", "--all", "--states=all", "--array", "--format=%A|%U|%T|%r|%j")
"""squeue(1): job, uid of its user, state, why it waits, and its name, which may hold anything but a line's end."""

# squeue(1), job state codes: the states that a job doesn't leave. PREEMPTED is that of a job that isn't requeued.
FAILED = frozenset(
    {
        "BOOT_FAIL",
        "CANCELLED",
        "DEADLINE",
        "FAILED",
        "NODE_FAIL",
        "OUT_OF_MEMORY",
        "PREEMPTED",
        "REVOKED",
        "TIMEOUT",
    }
)
COMPLETED = "COMPLETED"
NEVER = "DependencyNeverSatisfied"
"""Why a job waits that no event lets run: the job that it depends on has failed."""


@dataclass(frozen=True)
class Job:
    """A job, or a task of an array, by its own number; `uid` is its user's."""

    id: str
    uid: int
    state: str
    reason: str
    name: str

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.failed or self.state == COMPLETED

    @property
    def failed(self) -> bool:
        """Whether it has ended otherwise than well, or never runs."""
        return self.state in FAILED or self.reason == NEVER


def read_jobs(text: str) -> list[Job]:
    """Read the output of ALL_JOBS; lines of another form, such as a warning, are left out."""
    jobs = []
    for line in text.splitlines():
        words = line.split("|", 4)
        if len(words) == 5 and words[1].isdecimal():
            jobs.append(Job(words[0], int(words[1]), words[2], words[3], words[4]))
    return jobs
