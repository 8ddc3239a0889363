"""The settings that every cloud has. Actions, state and the targets' Protocol know only these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.declared.run import RunParameters
from cluster_provision.settings.parameter import confidential_values

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Settings(RunParameters):
    """The parameters with the same meaning on every cloud. Each cloud's model declares them with its own defaults."""

    cloud: str
    orchestrator_type: str
    name_prefix: str

    @property
    def confidential(self) -> tuple[str, ...]:
        """Return the values that are declared as confidential: they may not be shown, logged or uploaded."""
        return confidential_values(self)

    @property
    def ends_with_command(self) -> bool:
        """Whether Create's own work ends with a command that every machine runs."""
        return False


@dataclass(frozen=True, kw_only=True)
class CloudSettings(Settings):
    """The settings of every cloud on which machines are made."""

    instance_count: int
    provisioning_model: str
    startup_command: str
    wait_for_startup_command: bool
    results_dir: str
    vm_localfile_dest_path: str
    max_hourly_cost: Decimal | None

    @property
    def ends_with_command(self) -> bool:
        """Whether STARTUP_COMMAND is waited for."""
        return self.wait_for_startup_command and bool(self.startup_command)

    @property
    def writes_scripts(self) -> bool:
        """Whether Create writes scripts to OUTPUT_DIR, by which users reach the machines."""
        return False
