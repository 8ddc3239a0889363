"""Whole inventories as users bring them: what becomes of each."""

from __future__ import annotations

import pytest

from cluster_provision.settings import NfsExport, NfsMount

NODES = tuple(f"gx{number:02}" for number in range(1, 11))
SHARED = (NfsExport("/export/projects", "*(rw,sync,no_root_squash)"),)
MOUNTED = (NfsMount("/mnt/projects", "ctl-ams", "/export/projects", "async,vers=3"),)
WITH_VARIABLES = {
    "group_vars/all.yml": "variables_of_all",
    "group_vars/slurm-cluster.yml": "variables_of_slurm_cluster",
    "host_vars/n4.yml": "variables_of_n4",
}


def reached(loaded) -> dict[str, tuple[str, str, int]]:
    return {machine.name: (machine.user, machine.address, machine.port) for machine in loaded.settings.machines}


def test_the_guides_own_inventory_is_taken(guide):
    loaded = guide("guide", beside={"group_vars/nfs.yml": "guide_nfs"})
    settings = loaded.settings
    assert (settings.controller, settings.login_nodes, settings.nfs_server) == ("ctl-ams", ("ctl-ams",), "ctl-ams")
    assert settings.compute == settings.nfs_clients == NODES
    assert reached(loaded)["ctl-ams"] == ("opsadmin", "10.44.0.10", 22)
    assert reached(loaded)["gx10"] == ("opsadmin", "172.23.8.110", 22)
    (note,) = loaded.notes
    assert "group_vars/nfs.yml: isn't read" in note and "group_vars/all.yml" in note
    assert settings.nfs_exports == settings.nfs_mounts == ()


def test_the_guides_shares_are_those_of_the_file_for_all(guide):
    loaded = guide("guide", beside={"group_vars/all.yml": "guide_nfs"})
    assert (loaded.settings.nfs_exports, loaded.settings.nfs_mounts) == (SHARED, MOUNTED)
    assert loaded.notes == ()


def test_every_group_of_deepops_is_taken_or_named(guide):
    loaded = guide("deepops")
    settings = loaded.settings
    assert (settings.controller, settings.login_nodes, settings.nfs_server) == ("hd01", ("lg01", "lg02"), "nas01")
    assert settings.compute == ("a001", "a002", "a003", "b02", "b04", "b06", "racka-cpu", "rackb-cpu", "rackc-cpu")
    assert settings.nfs_clients == settings.compute
    assert reached(loaded) == {
        "hd01": ("ubuntu", "10.61.1.1", 22),
        "lg01": ("ubuntu", "10.61.1.11", 22),
        "lg02": ("ubuntu", "10.61.1.12", 22),
        "nas01": ("ubuntu", "10.61.1.20", 22),
        "a001": ("gpuadmin", "a001", 22),
        "a002": ("gpuadmin", "a002", 22),
        "a003": ("gpuadmin", "a003", 22),
        "b02": ("gpuadmin", "b02", 2022),
        "b04": ("gpuadmin", "b04", 2022),
        "b06": ("bmc-user", "b06", 2022),
        "racka-cpu": ("centos", "racka-cpu", 22),
        "rackb-cpu": ("centos", "rackb-cpu", 22),
        "rackc-cpu": ("centos", "rackc-cpu", 22),
    }
    assert str(settings.ssh_jump) == "jumper@203.0.113.7:2222"
    groups, hosts, kubernetes, variables, key = loaded.notes
    assert groups.endswith(": kube-master, etcd, kube-node, k8s-cluster, slurm-cache, slurm-metric")
    assert hosts.endswith(": reg01, mon01, kube1, kube2, kube3")
    assert "Kubernetes" in kubernetes and kubernetes.endswith(": b02")
    assert variables.endswith(": ip")
    assert "~/.ssh/id_ed25519_lab" in key and "SSH_KEY_FILE" in key


def test_mistaken_ranges_and_words_are_all_named_at_once_with_their_lines_and_the_right_form(refused):
    found = refused("mistaken_ranges")
    for line, right in (
        (2, "write gx[1:4]"),
        (3, "doesn't expand in a value"),
        (4, "write ansible_host=10.9.0.5"),
        (5, "write gz[1:3]"),
        (6, "write gw[01:03]"),
        (7, "has a [ without a ]"),
        (8, "gpu_09 is no host's name"),
        (10, "put the value in quotes"),
        (16, "write gx[1:4]"),
    ):
        assert [problem for problem in found if f"inventory, line {line}: " in problem and right in problem], line
    assert len(found) == 9


def test_underscores_and_full_names_and_ipv6_are_taken_once_the_scoped_address_is_gone(guide, refused, tmp_path):
    (problem,) = refused("underscores_in_yaml")
    assert "inventory, line 30: ansible_host=fe80::21%eth1" in problem and "gpu-e" in problem
    text = (tmp_path / "inventory").read_text().replace("fe80::21%eth1", "2001:db8:17::e1")
    loaded = guide(text)
    settings = loaded.settings
    assert (settings.controller, settings.login_nodes, settings.nfs_server) == ("head", ("head", "login-b"), "head")
    assert settings.compute == ("gpu-a", "gpu-b", "gpu-c", "gpu-d", "gpu-e")
    assert reached(loaded) == {
        "head": ("provision", "2001:db8:17::10", 22),
        "login-b": ("provision", "2001:db8:17::11", 2222),
        "gpu-a": ("provision", "2001:db8:17::a1", 22),
        "gpu-b": ("provision", "192.0.2.62", 22),
        "gpu-c": ("provision", "gpu-c", 22),
        "gpu-d": ("provision", "gpu-d", 22),
        "gpu-e": ("provision", "2001:db8:17::e1", 22),
    }
    assert settings.machines[0].aliases == ("head.cluster.example.org",)
    notes = "\n".join(loaded.notes)
    assert "slurm-nfs has no host: the controller, head" in notes
    assert "ansible_become_password is encrypted with ansible-vault" in notes and "SUDO_PASSWORD_FILE" in notes
    assert "GPU-A.cluster.example.org is gpu-a" in notes
    assert "slurm_manage_gpus: ignored" in notes
    assert "aren't set up: spare-01" in notes
    assert "ANSIBLE_VAULT" not in notes and "3031323334" not in notes + repr(loaded)


def test_of_group_variables_what_has_a_meaning_is_taken(guide):
    loaded = guide("with_variables", beside=WITH_VARIABLES)
    settings = loaded.settings
    assert (settings.controller, settings.compute) == ("mgr", ("n1", "n2", "n3", "n4"))
    assert reached(loaded)["n4"] == ("ubuntu", "10.77.0.14", 22)
    assert reached(loaded)["n1"] == ("ubuntu", "n1", 22)
    assert settings.nfs_exports == (
        NfsExport("/home", "10.77.0.0/24(rw,sync,no_root_squash) 10.77.9.0/24(ro)"),
        NfsExport("/sw", "*(rw,sync,no_root_squash)"),
    )
    assert settings.nfs_mounts == (
        NfsMount("/home", "mgr", "/home", "async,vers=3"),
        NfsMount("/data", "filer.example.org", "/vol/data", "vers=4.2,nconnect=8,_netdev"),
    )
    assert (settings.nfs_server, settings.nfs_clients) == ("mgr", ("n1", "n2", "n3", "n4"))
    assert settings.slurm_user_uid == 22078
    assert settings.ssh_exceptions == ("monitor", "ubuntu")
    assert not settings.set_hostname


@pytest.mark.parametrize(
    ("variable", "instead"),
    [
        ("slurm_cluster_name", "NAME_PREFIX"),
        ("slurm_password", "the tool makes munge's key"),
        ("slurm_db_password", "the tool makes munge's key"),
        ("slurm_version", "SLURM_REPOSITORY"),
        ("slurm_install_prefix", "SLURM_REPOSITORY"),
        ("slurm_conf_template", "SLURM_CONF_EXTRA"),
        ("slurm_max_job_timelimit", "PARTITIONS=batch:MaxTime=2-00:00:00,DefaultTime=60"),
        ("slurm_install_pyxis", "PYXIS_PACKAGES"),
        ("slurm_pyxis_version", "PYXIS_PACKAGES"),
        ("slurm_health_check_program", "a health program of its own"),
        ("slurm_enable_monitoring", "no monitoring"),
        ("gpu_clock_lock", "clocks are left as they are"),
        ("docker_insecure_registries", "no Docker"),
        ("chrony_config_server", "chrony"),
        ("users", "USERS_FILE"),
        ("slurm_login_on_compute", "slurm-login"),
        ("slurm_cluster_install_cuda", "never installed"),
    ],
)
def test_of_group_variables_the_rest_is_named_with_what_to_do(guide, variable, instead):
    notes = guide("with_variables", beside=WITH_VARIABLES).notes
    assert [note for note in notes if f"{variable}" in note and instead in note]


def test_no_hash_and_no_placeholder_of_group_variables_is_shown_or_kept(guide):
    loaded = guide("with_variables", beside=WITH_VARIABLES)
    shown = "\n".join(loaded.notes) + repr(loaded)
    assert "$6$" not in shown and "ReplaceWith" not in shown and "39383736353433" not in shown
    assert loaded.settings.confidential == ()


def test_users_ports_and_passwords_of_each_host_are_used_and_shown_nowhere(guide):
    loaded = guide("users_per_host")
    assert reached(loaded) == {
        "boss": ("mgmt", "10.3.0.10", 22),
        "w1": ("nvidia", "10.3.0.21", 22),
        "w2": ("ops", "10.3.0.22", 2200),
        "w3": ("root", "10.3.0.23", 22),
        "w4": ("root", "10.3.0.24", 22),
    }
    passwords = {m.name: (m.password, m.sudo_password) for m in loaded.settings.machines}
    assert passwords["boss"] == ("CANARY-mgmt", "")
    assert passwords["w1"] == ("CANARY #1", "CANARY-sudo")
    assert passwords["w4"] == ("", "CANARY=a=b")
    assert set(loaded.settings.confidential) == {"CANARY-mgmt", "CANARY #1", "CANARY-sudo", "CANARY=a=b"}
    assert "CANARY" not in "\n".join(loaded.notes) + repr(loaded)


def test_what_of_each_host_is_not_as_it_says_is_named(guide):
    notes = "\n".join(guide("users_per_host").notes)
    assert "ansible_ssh_user has no effect beside ansible_user, which says something else (boss)" in notes
    assert "ansible_become_method=su is ignored: the tool uses sudo (w2)" in notes
    assert "ansible_python_interpreter=/usr/bin/python2.7 is ignored" in notes
    assert "no meaning here, and are ignored: private_key_file" in notes
    assert "the key ~/keys/mgmt key.pem of boss isn't where the tool runs" in notes


def test_blanks_beside_an_equals_sign_are_refused_with_the_right_form(refused):
    (problem,) = refused("blanks")
    assert (
        "line 5: a blank stands beside the = of ansible_host" in problem and "write ansible_host=10.3.0.23" in problem
    )


def test_another_playbooks_groups_are_refused_with_those_that_are_read(refused):
    (problem,) = refused("foreign_groups")
    assert "no host in slurm-node; groups in the file: slurm_master, slurm_worker, slurm_submit, nfs" in problem
    assert "(slurm_worker for slurm-node?)" in problem
    assert "slurm-master, slurm-node, slurm-login" in problem and "NODES and CONTROLLER" in problem
