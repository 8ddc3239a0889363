"""What becomes of the guide's variables: some are taken (by their own modules), the rest are named with what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cluster_provision.settings.existing.guide.findings import names_of
from cluster_provision.settings.readers.linux import USER_NAME
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.settings.existing.guide.values import Values
    from cluster_provision.settings.inventory import Host, Place

_PACKAGES = "Slurm comes from the distribution's packages or from SLURM_REPOSITORY, and nothing is compiled"
_CONTAINERS = "container jobs run by Slurm's own means, or by Pyxis and Enroot from PYXIS_PACKAGES"
_OWN_SECRETS = "the tool makes munge's key and the database's password itself"
_GPUS = "the GPUs are those that the machines have"
_DRIVERS = "drivers and container toolkits are looked at, and never installed"

ADVICE: tuple[tuple[str, str], ...] = (
    ("slurm_cluster_name", "the cluster's name is NAME_PREFIX"),
    ("slurm_(username|user_home)", "Slurm's own user is slurm, as the packages make it"),
    ("slurm_password|slurm_db_.*", _OWN_SECRETS),
    (
        r"slurm_(conf|cgroup_conf|gres_conf|dbd_conf)_template|slurm_conf_symlink",
        "lines of your own go into SLURM_CONF_EXTRA",
    ),
    ("slurm_(install_)?(pyxis|enroot).*|pyxis_.*|enroot_.*|resize_run_partition", _CONTAINERS),
    ("slurm_configure_etc_hosts|hosts_.*", "the names of the cluster's machines are written to /etc/hosts"),
    (
        "slurm_(version|install_prefix|src_.*|configure.*|build_.*|force_.*|include_.*|workflow_.*)|(pmix|hwloc)_.*",
        _PACKAGES,
    ),
    ("slurm_(autodetect_nvml|manage_gpus)", _GPUS),
    (
        "slurm_(restrict_node_access|enable_pam_slurm_adopt|contain_ssh)",
        "pam_slurm_adopt lets in whom SSH_EXCEPTIONS names",
    ),
    ("slurm_login_on_compute", "machines on which users log in are those of the group slurm-login"),
    ("slurm_enable_ha|slurm_ha_.*", "the tool sets up one controller"),
    ("slurm_(health_check_program|install_nhc)|nhc_.*", "the tool sets up a health program of its own"),
    ("slurm_(enable_)?monitoring.*|prometheus_.*|grafana_.*|alertmanager_.*|install_dcgm", "no monitoring is set up"),
    ("slurm_enable_rsyslog.*|rsyslog_.*", "logs stay on the machines"),
    (
        "slurm_(enable_)?container_registry.*|docker_.*|standalone_container_registry.*",
        "no registry and no Docker is set up",
    ),
    ("slurm_cluster_install_.*|nvidia_.*|cuda_.*|slurm_cuda_prefix|hpcsdk_.*|slurm_install_hpcsdk", _DRIVERS),
    ("(allow_user_set_)?gpu_clock.*", "the GPUs' clocks are left as they are"),
    (
        "chrony_.*|ntp_.*",
        "clocks are kept by chrony with the distribution's servers; time servers of your own are yours to set",
    ),
    ("users", "users are those of USERS_FILE, with keys in place of passwords"),
    ("(https?|no|ftp)_proxy|proxy_env", "a proxy for packages is the machines' own, in apt's configuration"),
    ("sm_.*|spack_.*|slurm_install_lmod|openmpi_.*|slurm_cluster_install_openmpi", "no modules of software are set up"),
)
"""By a pattern of the whole name: why the variable has no effect, or what to use in its place."""

_TIME = re.compile(r"[0-9:-]+|[A-Za-z]+")
_LIMITS = {
    "slurm_max_job_timelimit": "MaxTime",
    "slurm_default_job_timelimit": "DefaultTime",
    "slurm_oversubscribe": "OverSubscribe",
}


def slurm_uid(controller: Host, values: Values) -> int | None:
    """Return the number of Slurm's own user, None where none is given."""
    given = values.of(controller, "slurm_user_uid")
    if given is None:
        return None
    if isinstance(given.value, bool) or not re.fullmatch("[0-9]{1,5}", given.text) or not 1 <= int(given.text) <= 65533:
        values.findings.problem(given.place, f"slurm_user_uid={shown(given.text)} is no user's number from 1 to 65533")
        return None
    return int(given.text)


def ssh_exceptions(nodes: Sequence[Host], values: Values) -> tuple[str, ...]:
    """Return the users who may log in to a node without a job."""
    found: dict[str, None] = {}
    for node in nodes:
        given = values.of(node, "slurm_allow_ssh_user")
        if given is None or given.value is None:
            continue
        every = given.value if isinstance(given.value, list) else [given.value]
        for user in every:
            try:
                found[USER_NAME.read(str(user))] = None
            except BadValue as bad:
                values.findings.problem(given.place, f"slurm_allow_ssh_user: {shown(str(user))} {bad}")
    return tuple(found)


def name_the_rest(hosts: Sequence[Host], values: Values) -> None:
    """Note every variable of these hosts that has no effect, by what to do instead."""
    _name_limits(hosts, values)
    left: dict[str, Place] = {}
    for host in hosts:
        for name, variable in host.variables.items():
            if name not in values.used:
                left.setdefault(name, variable.place)
    for pattern, advice in ADVICE:
        names = [name for name in left if re.fullmatch(pattern, name)]
        if names:
            values.findings.note(left[names[0]], f"{names_of(names, 40)}: ignored; {advice}")
        for name in names:
            del left[name]
    if left:
        values.findings.note(None, f"variables that have no meaning here, and are ignored: {names_of(left, 60)}")


def _name_limits(hosts: Sequence[Host], values: Values) -> None:
    """Say how the limits of the guide's only partition are written."""
    given = {name: values.of(hosts[0], name) for name in _LIMITS} if hosts else {}
    texts = {
        key: found.text
        for name, key in _LIMITS.items()
        if (found := given.get(name)) is not None and _TIME.fullmatch(found.text)
    }
    there = [name for name, found in given.items() if found is not None]
    if there:
        place = next(found.place for found in given.values() if found is not None)
        keys = ",".join(f"{key}={text}" for key, text in texts.items()) or "MaxTime=2-00:00:00"
        values.findings.note(place, f"{names_of(there)}: ignored; write PARTITIONS=batch:{keys}")
