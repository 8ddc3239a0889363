"""Rules for pairs of parameters about what runs on the machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import Draft, RuleResult, RuleResultOf

if TYPE_CHECKING:
    from cluster_provision.settings.common import CloudSettings
    from cluster_provision.settings.draft import DraftOf

# The tool sets these on every machine, and ignores the user's value.
FORCED_METADATA = {
    "VmDnsSetting": "ZonalPreferred",
    "enable-oslogin": "TRUE",
    "install-nvidia-driver": "True",
}
# Compute Engine reads them only where OS Login is off.
WITHOUT_OS_LOGIN = ("ssh-keys", "sshKeys", "block-project-ssh-keys")
FORCED_FOR_NOTEBOOK = {"proxy-mode": "project_editors"}


def forced_metadata(draft: Draft) -> RuleResult:
    """Report the user's metadata keys that the tool overrides."""
    if not draft.good("metadata", "enable_notebook"):
        return RuleResult()
    forced = FORCED_METADATA | (FORCED_FOR_NOTEBOOK if draft.settings.enable_notebook else {})
    lost = [key for key, value in draft.settings.metadata.items() if forced.get(key, value) != value]
    notes = [f"METADATA: {key} is always {forced[key]}; your value is not used" for key in lost]
    notes += [
        f"METADATA: {key} has no effect, since the machines use OS Login: whoever has roles/compute.osAdminLogin and "
        "roles/iap.tunnelResourceAccessor on the project gets in, by `gcloud compute ssh`"
        for key in WITHOUT_OS_LOGIN
        if key in draft.settings.metadata
    ]
    return RuleResult(notes=tuple(notes))


def startup_command(draft: DraftOf[CloudSettings]) -> RuleResultOf[Any]:
    """Report a wait for a command that isn't set, and places for results that nobody fetches."""
    settings = draft.settings
    if not draft.good("startup_command"):
        return RuleResultOf()
    notes = []
    if settings.wait_for_startup_command and not settings.startup_command:
        notes.append("WAIT_FOR_STARTUP_COMMAND=yes has nothing to wait for: STARTUP_COMMAND is unset")
    given = {"RESULTS_DIR": settings.results_dir, "OUTPUT_DIR": settings.output_dir}
    if not settings.ends_with_command and settings.orchestrator_type != "gke":
        why = "only Create with STARTUP_COMMAND and WAIT_FOR_STARTUP_COMMAND=yes fetches what a command leaves"
        used = ("OUTPUT_DIR",) if settings.writes_scripts else ()
        notes += [f"{name} has no effect: {why}" for name, value in given.items() if value and name not in used]
    return RuleResultOf(notes=tuple(notes))
