"""Rules for the cluster's users beside the other users of its machines."""

from __future__ import annotations

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult


def users(draft: ExistingDraft) -> ExistingRuleResult:
    """Refuse users whom the tool needs for something else."""
    if not draft.good("users_file", "slurm_user_uid", "ssh_user"):
        return ExistingRuleResult()
    settings = draft.settings
    logins = {machine.user for machine in settings.machines}
    problems = [
        f"USERS_FILE: {user.name} is the user as whom the tool logs in, who would be locked when taken off the file; "
        "remove the line"
        for user in settings.users
        if user.name in logins
    ]
    problems += [
        f"USERS_FILE: {user.name} has the {what} {number}, which is Slurm's own user's; give one of the two another"
        for user in settings.users
        for what, number in (("uid", user.uid), *([("gid", user.gid)] if user.gid != user.uid else []))
        if number == settings.slurm_user_uid
    ]
    return ExistingRuleResult(tuple(problems))
