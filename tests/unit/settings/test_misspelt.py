"""Names that look like ours: a slip that money hangs on is an error, the rest is pointed out or left in peace."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.catalogue import AZURE, CATALOGUES, EXISTING, GCP
from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.guards import GUARDS
from cluster_provision.settings.other_words import FORMER, WORDS
from tests.unit.settings.azure.conftest import MANDATORY as ON_AZURE
from tests.unit.settings.conftest import MANDATORY as ON_GOOGLE
from tests.unit.settings.existing.conftest import MANDATORY as ON_MACHINES
from tests.unit.settings.other_programs import VARIABLES

PLACES = {"gcp": ON_GOOGLE, "azure": ON_AZURE, "existing": ON_MACHINES}


def said(cloud: str, **given: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The problems and the notes of an env file for a cloud with these variables added, less what is said without."""
    without = load(PLACES[cloud], "Create").notes
    try:
        return (), tuple(n for n in load(PLACES[cloud] | given, "Create").notes if n not in without)
    except SettingsError as failure:
        return failure.problems, ()


@pytest.mark.parametrize(
    "name", ["INSTANCE_COUNTS", "INSTANCE_CONUT", "INSTANCECOUNT", "instance_count", "INSTANCE-COUNT"]
)
def test_a_clear_slip_is_an_error_that_names_what_was_meant(problems, name):
    (problem,) = problems(**{name: "4"})
    assert problem.startswith(f"{name} is no parameter, but INSTANCE_COUNT is, and it is unset")


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("REHERSE", "plan", "REHEARSE"),
        ("REHEARS", "plan", "REHEARSE"),
        ("REHERS", "plan", "REHEARSE"),
        ("rehearse", "plan", "REHEARSE"),
        ("MAX_HOURLY_COSTS", "3", "MAX_HOURLY_COST"),
        ("MAX_HOURLYCOST", "3", "MAX_HOURLY_COST"),
        ("MAX_HORLY_COSTS", "3", "MAX_HOURLY_COST"),
        ("CLEANUP_ON_EXT", "yes", "CLEANUP_ON_EXIT"),
        ("CLEAN_UP_ON_EXIT", "yes", "CLEANUP_ON_EXIT"),
        ("VMTYPE", "n1-standard-8", "VM_TYPE"),
        ("VM_TYPES", "n1-standard-8", "VM_TYPE"),
        ("VMTYPES", "n1-standard-8", "VM_TYPE"),
        ("PROVISIONING_MODELL", "spot", "PROVISIONING_MODEL"),
        ("EXTERNALIP", "no", "EXTERNAL_IP"),
        ("CLOUDS", "azure", "CLOUD"),
    ],
)
def test_a_slip_in_a_name_that_money_hangs_on_is_an_error_however_short(name, text, meant):
    (problem,) = said("gcp", **{name: text})[0]
    assert problem.startswith(f"{name} is no parameter, but {meant} is, and it is unset: {GUARDS[meant]}")
    assert f"({meant}={text})" in problem


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("SKUS", "Standard_D4s_v5", "SKU"),
        ("SUK", "Standard_D4s_v5", "SKU"),
        ("ZONEZ", "1", "ZONES"),
        ("MAX_PRIZE", "1", "MAX_PRICE"),
        ("ALOWED_CIDR", "203.0.113.7", "ALLOWED_CIDRS"),
        ("ACCES", "head", "ACCESS"),
    ],
)
def test_so_it_is_on_azure(name, text, meant):
    (problem,) = said("azure", **{name: text})[0]
    assert problem.startswith(f"{name} is no parameter, but {meant} is, and it is unset")


def test_zones_beside_another_zone_is_an_error(problems):
    (problem,) = problems(ZONES="us-central1-b")
    assert "ZONES is no parameter, but ZONE is" in problem and "(ZONE=us-central1-a)" in problem


def test_zones_of_an_env_file_for_both_clouds_is_another_clouds(loaded):
    assert any("another cloud: ZONES" in note or "ZONES is no parameter" in note for note in loaded(ZONES="1,2").notes)


def test_a_zone_as_azure_numbers_them_was_meant_for_zones():
    (problem,) = said("azure", ZONE="1")[0]
    assert "ZONE is a parameter of CLOUD=gcp" in problem and "which has ZONES instead" in problem
    assert said("azure", ZONE="us-central1-a")[0] == ()


@pytest.mark.parametrize(
    ("cloud", "name", "text", "ours"),
    [("gcp", "MAX_PRICE", "3", "MAX_HOURLY_COST"), ("azure", "MAX_RUN_DURATION", "8", "CLEANUP_ON_EXIT")],
)
def test_a_limit_that_the_other_cloud_alone_has_is_not_ignored(cloud, name, text, ours):
    (problem,) = said(cloud, **{name: text})[0]
    assert problem.startswith(f"{name} is a parameter of CLOUD=") and ours in problem


def test_a_slip_beside_the_right_name_is_only_noted(loaded):
    assert any("INSTANCE_COUNTS is no parameter" in n for n in loaded(INSTANCE_COUNTS="4", INSTANCE_COUNT="4").notes)


def test_a_slip_that_contradicts_the_right_name_is_an_error(problems):
    (problem,) = problems(INSTANCE_COUNTS="4", INSTANCE_COUNT="2")
    assert "it is set to something else (INSTANCE_COUNT=2)" in problem


@pytest.mark.parametrize("name", ["LABEL", "WORKDIR", "OUTPUTS", "IMAGE_FAMLY_NMAE"])
def test_a_near_miss_that_may_be_something_else_is_only_noted(loaded, name):
    assert any(note.startswith(f"{name} is no parameter of this tool") for note in loaded(**{name: "x"}).notes)


def test_an_unset_mandatory_parameter_is_told_with_the_near_miss(problems):
    (problem,) = problems(ZONE=None, ZONES="us-central1-a")
    assert "ZONES is set: is it meant?" in problem


@pytest.mark.parametrize("name", ["AVAILABILITY_ZONE", "REGION", "CLOUDSDK_COMPUTE_ZONE", "LOCATIONS"])
def test_so_it_is_with_other_words_for_it(problems, name):
    found = problems(ZONE=None, **{name: "us-central1-a"})
    assert [f"{name} is set: is it meant?" in problem for problem in found] == [name != "LOCATIONS"]


@pytest.mark.parametrize(
    ("cloud", "name", "text", "line"),
    [
        ("gcp", "REHEARSAL", "plan", "REHEARSE=plan"),
        ("gcp", "DRY_RUN", "true", "REHEARSE=plan"),
        ("azure", "WHAT_IF", "1", "REHEARSE=plan"),
        ("gcp", "MAX_COST", "5", "MAX_HOURLY_COST=5"),
        ("gcp", "INSTANCES", "8", "INSTANCE_COUNT=8"),
        ("azure", "NODE_COUNT", "8", "INSTANCE_COUNT=8"),
        ("gcp", "num_nodes", "8", "INSTANCE_COUNT=8"),
        ("gcp", "MACHINE_TYPE", "n1-standard-8", "VM_TYPE=n1-standard-8"),
        ("azure", "VM_SIZE", "Standard_D4s_v5", "SKU=Standard_D4s_v5"),
        ("gcp", "DISK_SIZE", "200GB", "DISK_SIZE_GB=200"),
        ("gcp", "SPOT", "yes", "PROVISIONING_MODEL=spot"),
        ("azure", "PRIORITY", "Spot", "PROVISIONING_MODEL=spot"),
        ("gcp", "ORCHESTRATOR", "ray", "ORCHESTRATOR_TYPE=ray"),
        ("gcp", "SCHEDULER", "slurm", "ORCHESTRATOR_TYPE=slurm"),
        ("gcp", "NETWORK", "new_network", "NETWORK_CONFIG=new_network"),
        ("gcp", "USE_INTERNAL_IPS", "true", "EXTERNAL_IP=no"),
        ("azure", "ALLOWED_IPS", "203.0.113.7", "ALLOWED_CIDRS=203.0.113.7"),
        ("gcp", "AUTODOWN", "yes", "CLEANUP_ON_EXIT=yes"),
        ("gcp", "CLOUD_PROVIDER", "azure", "CLOUD=azure"),
    ],
)
def test_what_others_call_it_is_an_error_where_it_would_be_lost(cloud, name, text, line):
    (problem,) = said(cloud, **{name: text})[0]
    assert problem.startswith(f"{name}={text} is no parameter of this tool, but {line.partition('=')[0]} is")
    assert f"write {line};" in problem


def test_with_gke_the_number_of_nodes_is_a_pools():
    (problem,) = [p for p in said("gcp", ORCHESTRATOR_TYPE="gke", NODE_COUNT="2")[0] if "NODE_COUNT=2" in p]
    assert "write GKE_NODE_COUNT_PER_NODE_POOL=2;" in problem


@pytest.mark.parametrize("name", ["MACHINE_TYPE", "INSTANCE_TYPE"])
def test_a_type_of_another_clouds_is_no_reason_to_take_the_default(name):
    (problem,) = said("gcp", **{name: "ml.p4d.24xlarge"})[0]
    assert "VM_TYPE is, and it is unset: the machines would be those of the default" in problem


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("INSTANCES", "i-0abc,i-0def"),
        ("NETWORK", "mainnet"),
        ("REGION", "us-central1"),
        ("SUBNET", "10.0.0.0/24"),
        ("PUBLIC_IP", "203.0.113.7"),
        ("PRIORITY", "high"),
        ("MAX_NODE_COUNT", "4"),
        ("SCHEDULER", "cron"),
        ("IMAGE_FAMILY", "debian-12"),
        ("STATE_BUCKET", "b"),
        ("SSH_PUBLIC_KEY", "ssh-ed25519 AAAA"),
    ],
)
def test_a_word_that_may_be_another_programs_is_pointed_out_and_stops_nothing(name, text):
    problems, notes = said("gcp", **{name: text})
    assert problems == () and [note for note in notes if note.startswith(f"{name} is no parameter of this tool")]
    assert not any(text in note for note in notes if name.startswith("SSH"))


@pytest.mark.parametrize(
    ("name", "text"),
    [("DRY_RUN", "false"), ("REHEARSAL", "no"), ("SPOT", "no"), ("SPOT", "on-demand"), ("CLEANUP", "0"), ("GPUS", "")],
)
def test_a_switch_that_asks_for_nothing_is_left_in_peace(name, text):
    assert said("gcp", **{name: text}) == ((), ())


@pytest.mark.parametrize(("name", "text"), [("MACHINE_TYPE", "n1-standard-8"), ("DISK_SIZE", "50"), ("INSTANCES", "3")])
def test_beside_ours_another_word_is_only_noted(name, text):
    ours = {"VM_TYPE": "n1-standard-4", "DISK_SIZE_GB": "100", "INSTANCE_COUNT": "2"}
    problems, notes = said("gcp", **ours, **{name: text})
    assert problems == () and any(note.startswith(f"{name} is no parameter of this tool; ") for note in notes)


@pytest.mark.parametrize("cloud", PLACES)
def test_variables_of_other_programs_never_stop_a_run(cloud):
    problems, notes = said(cloud, **VARIABLES)
    assert problems == ()
    assert [note for note in notes if any(f"{name} " in note for name in VARIABLES)] == []


def test_a_secret_behind_a_misspelt_name_is_not_shown(problems):
    for name in ("METADAT", "STARTUP_COMAND", "MATADATA"):
        assert not any("s3cret" in problem for problem in problems(**{name: "s3cret"}))
    key = "-----BEGIN OPENSSH PRIVATE KEY-----"
    assert not any("BEGIN" in problem for problem in said("azure", SSH_PTAH=key, SSH_KEY_FIEL=key)[0])


def test_an_empty_near_miss_counts_as_unset(problems):
    assert problems(INSTANCE_COUNTS="") == ()


@pytest.mark.parametrize("name", sorted(FORMER))
def test_names_of_older_tools_are_pointed_out(name):
    problems, notes = said("gcp", **{name: "yes"})
    assert problems == ()
    assert any(note.startswith(f"{name} is no parameter of this tool, and is ignored") for note in notes)


def test_the_table_speaks_of_parameters_that_there_are():
    known = {name for each in CATALOGUES.values() for name in each.names}
    assert set(GUARDS) <= known
    assert {word.gcp for word in WORDS} - {""} <= set(GCP.names)
    assert {word.azure for word in WORDS} - {""} <= set(AZURE.names)
    assert {word.existing for word in WORDS} - {""} <= set(EXISTING.names)
    errors = [word for word in WORDS if word.level in ("sure", "fitting")]
    assert {ours for word in errors for ours in (word.gcp, word.azure, word.existing) if ours} <= set(GUARDS)


def test_no_name_stands_in_the_table_twice_or_is_ours_or_an_old_one():
    names = [name for word in WORDS for name in word.names]
    assert len({name.replace("_", "") for name in names}) == len(names)
    assert not set(names) & (set(GCP.names) | set(AZURE.names) | set(FORMER))


@pytest.mark.parametrize(
    ("left", "right", "distance"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("a", "bcd", 3)],
)
def test_edits_count_letters_added_dropped_changed_and_swapped(left, right, distance):
    assert edits(left, right) == edits(right, left) == distance
