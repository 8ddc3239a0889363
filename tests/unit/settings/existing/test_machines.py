"""Which machine takes which part, from NODES, CONTROLLER, LOGIN_NODES and NFS_SERVER."""

from __future__ import annotations

import pytest


def test_nodes_alone_make_a_cluster_whose_first_node_is_the_controller_too(settings):
    found = settings(NODES="dgx[01-03]")
    assert found.compute == ("dgx01", "dgx02", "dgx03")
    assert (found.controller, found.login_nodes, found.nfs_server) == ("dgx01", ("dgx01",), "dgx01")
    assert [m.name for m in found.machines] == ["dgx01", "dgx02", "dgx03"]
    assert found.nfs_clients == ("dgx01", "dgx02", "dgx03")


def test_each_part_can_have_machines_of_its_own_and_the_controller_is_the_first(settings):
    found = settings(NODES="n[1-2]", CONTROLLER="head", LOGIN_NODES="login[1-2]", NFS_SERVER="filer=10.0.0.9")
    assert [m.name for m in found.machines] == ["head", "login1", "login2", "filer", "n1", "n2"]
    assert (found.controller, found.login_nodes, found.nfs_server) == ("head", ("login1", "login2"), "filer")
    assert found.compute == ("n1", "n2")


def test_a_machine_with_several_parts_is_one_machine(settings):
    found = settings(NODES="a=10.0.0.1,b=10.0.0.2", CONTROLLER="a", LOGIN_NODES="b")
    assert [(m.name, m.address) for m in found.machines] == [("a", "10.0.0.1"), ("b", "10.0.0.2")]


def test_the_name_is_the_address_where_none_is_given(settings):
    assert settings(NODES="dgx7").machines[0].address == "dgx7"


def test_names_get_short_and_lower_case_and_the_full_one_is_an_alias(settings):
    (machine,) = settings(NODES="GPU-A.cluster.example.org").machines
    assert (machine.name, machine.aliases) == ("gpu-a", ("gpu-a.cluster.example.org",))
    assert machine.address == "GPU-A.cluster.example.org"


@pytest.mark.parametrize(
    ("entry", "address", "user", "port"),
    [
        ("ops@n1", "n1", "ops", 22),
        ("n1:2222", "n1", "root", 2222),
        ("n1=ops@10.0.0.7:2022", "10.0.0.7", "ops", 2022),
        ("n1=2001:db8::7", "2001:db8::7", "root", 22),
        ("n1=[2001:db8::7]:2022", "2001:db8::7", "root", 2022),
        ("n1=[2001:db8::7]", "2001:db8::7", "root", 22),
        ("n1=node1.example.org", "node1.example.org", "root", 22),
    ],
)
def test_a_user_and_a_port_of_a_machines_own_are_split_from_its_address(settings, entry, address, user, port):
    (machine,) = settings(NODES=entry).machines
    assert (machine.name, machine.address, machine.user, machine.port) == ("n1", address, user, port)


def test_the_rest_have_those_of_all(settings):
    first, second = settings(NODES="ops@n1,n2", SSH_USER="ubuntu", SSH_PORT="2200").machines
    assert (first.user, first.port) == ("ops", 2200)
    assert (second.user, second.port) == ("ubuntu", 2200)


def test_ranges_of_names_and_addresses_go_in_step(settings):
    found = settings(NODES="dgx[01-03]=10.0.0.[11-13],big[1,3]").machines
    assert [(m.name, m.address) for m in found] == [
        ("dgx01", "10.0.0.11"),
        ("dgx02", "10.0.0.12"),
        ("dgx03", "10.0.0.13"),
        ("big1", "big1"),
        ("big3", "big3"),
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("dgx[01:10]", "a range is written with a dash: [01-10]"),
        ("dgx[3-1]", "counts backwards; write [1-3]"),
        ("dgx[01-3]", "differ in length; write [01-03]"),
        ("dgx[1-", "a bracket that isn't closed"),
        ("dgx1-3]", "closes a bracket that it doesn't open"),
        ("dgx[a-c]", "no number and no range"),
        ("dgx[]", "no number and no range"),
        ("dgx[1-999999999]", "more hosts than Slurm takes"),
        ("r[1-2000]n[1-2000]", "more hosts than Slurm takes"),
        ("dgx[1-3]=10.0.0.[1-2]", "3 names and 2 addresses"),
        ("dgx[1-2]=10.0.0.1", "2 names and 1 addresses"),
        ("gpu_09", "an underscore can't stand in one"),
        ("-a", "is no host's name"),
        ("n1;reboot", "is no host's name"),
        ("10.0.0.1", "node1=10.0.0.1"),
        ("4", "is a number, not a host's name"),
        ("localhost", "each machine means itself"),
        ("all", "for all nodes"),
        ("DEFAULT", "what nodes have in common"),
        ("n1=", "no address after the ="),
        ("=10.0.0.1", "no name or no address"),
        ("ops@", "no name or no address"),
        ("n1=ops@", "no name or no address"),
        ("n1=127.0.0.1", "no address at which other machines reach"),
        ("n1=10.0.0.300", "four numbers up to 255"),
        ("n1=fe80::21%eth1", "valid on one machine only"),
        ("n1=fe80::21", "valid on one machine only"),
        ("n1=0.0.0.0", "no address at which other machines reach"),
        ("ops@n1=10.0.0.1", "write name=user@address"),
        ("Ops@n1", "Linux user's name"),
        ("n1=10.0.0.1:99999", "allowed are 1 to 65535"),
        ("n1=10.0.0.1:ssh", "allowed are 1 to 65535"),
    ],
)
def test_a_bad_entry_is_named_with_its_place_and_the_reason(problems, entry, reason):
    (problem,) = problems(NODES=f"ok,{entry}")
    assert problem.startswith("NODES: entry 2 (") and reason in problem


def test_every_bad_entry_is_named_at_once(problems):
    assert len(problems(NODES="a_b,n[2-1],10.0.0.1", CONTROLLER="head=")) == 4


def test_a_list_may_be_long_and_has_an_end(settings, problems):
    assert len(settings(NODES="n[1-10000]").machines) == 10000
    assert problems(NODES="n[1-10001]") == ("NODES=n[1-10001] names 10001 machines; at most 10000 are allowed",)


def test_two_names_that_are_one_in_slurm_are_a_problem(problems):
    (problem,) = problems(NODES="gpu-a,GPU-A.example.org")
    assert "gpu-a and GPU-A.example.org would both be gpu-a in Slurm" in problem
    (problem,) = problems(NODES="gpu-a.one.org", CONTROLLER="gpu-a.two.org")
    assert "would both be gpu-a" in problem


def test_one_address_of_two_machines_is_a_problem_however_it_is_written(problems):
    (problem,) = problems(NODES="a=2001:db8::1,b=2001:0db8:0:0::1,c=10.0.0.3")
    assert problem == "a and b have one address, 2001:db8::1: each machine needs its own"


def test_a_machine_with_two_addresses_is_a_problem(problems):
    (problem,) = problems(NODES="a=10.0.0.1", CONTROLLER="a=10.0.0.2")
    assert problem == "a has two addresses, 10.0.0.2 and 10.0.0.1: it is in CONTROLLER and in NODES"


def test_a_name_twice_in_one_list_is_a_problem(problems):
    assert any("dgx01 twice" in problem for problem in problems(NODES="dgx01,dgx[01-02]"))


def test_without_nodes_and_inventory_there_is_no_cluster(problems):
    (problem,) = problems(NODES=None, CONTROLLER="head")
    assert problem.startswith("neither NODES nor INVENTORY is set (CONTROLLER names no compute node)")


def test_controller_and_nfs_server_are_one_machine_each(problems):
    assert "names 2 machines; name one" in problems(CONTROLLER="a,b")[0]
    assert "names 2 machines; name one" in problems(NFS_SERVER="a[1-2]")[0]


@pytest.mark.parametrize("orchestrator", ["none", "ray", "gke"])
def test_no_other_orchestrator_is_taken(problems, orchestrator):
    (problem,) = problems(ORCHESTRATOR_TYPE=orchestrator)
    assert problem.startswith(f"ORCHESTRATOR_TYPE={orchestrator} can't be used") and "slurm" in problem


@pytest.mark.parametrize(
    ("name", "reason"),
    [("Vega", "lower-case"), ("v" * 41, "at most 40"), ("1a", "beginning with a letter"), ("<name>", "placeholder")],
)
def test_the_clusters_name_is_one_that_slurms_database_takes(problems, name, reason):
    (problem,) = problems(NAME_PREFIX=name)
    assert problem.startswith("NAME_PREFIX") and reason in problem
