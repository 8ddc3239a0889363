"""CONFIG_FILE: the config.yaml of the CycleCloud cluster, read as it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.settings import load

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings, Loaded

FILES = Path(__file__).parent / "cyclecloud"
H100, H200 = "Standard_ND96isr_H100_v5", "Standard_ND96isr_H200_v5"
BASE = {"CLOUD": "azure", "ORCHESTRATOR_TYPE": "slurm", "NAME_PREFIX": "vega", "ACCESS": "private"}


def loaded(file: str | Path, **given: str) -> Loaded:
    return load({**BASE, "CONFIG_FILE": str(FILES / file), **given}, "Create")


def settings(file: str | Path, **given: str) -> AzureSettings:
    return cast("AzureSettings", loaded(file, **given).settings)


def problems(file: str | Path, **given: str) -> tuple[str, ...]:
    try:
        loaded(file, **given)
    except SettingsError as failure:
        return failure.problems
    return ()


def written(folder: Path, text: str) -> Path:
    """A file of this text, in place of one that has all that is needed."""
    path = folder / "config.yaml"
    path.write_text(text)
    return path


GOOD = (FILES / "good.yaml").read_text()


def test_as_shipped_every_key_that_is_needed_is_named_at_once() -> None:
    found = problems("as-shipped.yaml")
    keys = ["region", "subscription_name", "resource_group_name", "hpc_sku", "hpc_max_core_count"]
    assert [problem.split()[1:4] for problem in found] == [[key, "is", "null;"] for key in keys]
    assert [problem.split(" set ")[1] for problem in found] == [
        "LOCATION in the env file",
        "SUBSCRIPTION_ID in the env file",
        "RESOURCE_GROUP in the env file",
        "SKU in the env file",
        "HPC_MAX_CORE_COUNT or MAX_NODES in the env file",
    ]


def test_a_good_file_is_the_whole_cluster_with_all_nodes_off_and_three_login_nodes() -> None:
    found = settings("good.yaml")
    assert (found.location, found.resource_group, found.sku) == ("eastus2", "rg-vega", H100)
    assert (found.max_nodes, found.instance_count, found.hpc_max_num_vms) == (4, 0, 100)
    assert (len(found.login_names), found.monitoring) == (3, "managed")
    assert (found.tags, found.monitor_tags) == ({}, {})


def test_the_subscriptions_name_waits_for_its_id() -> None:
    found = settings("good.yaml")
    assert (found.subscription_name, found.subscription_id) == ("Vega - Research (prod)", "")


def test_a_subscriptions_id_in_the_place_of_its_name_is_taken(tmp_path: Path) -> None:
    text = GOOD.replace('"Vega - Research (prod)"', "00000000-0000-0000-0000-000000000001")
    found = settings(written(tmp_path, text))
    assert (found.subscription_name, found.subscription_id) == ("", "00000000-0000-0000-0000-000000000001")


def test_how_many_are_on_and_of_login_nodes_is_set_by_hand() -> None:
    by_hand = {
        "INSTANCE_COUNT": "2",
        "LOGIN_COUNT": "0",
        "MONITORING": "off",
        "SHARED_STORAGE": "controller",
        "ACCOUNTING": "local",
        "KEY_VAULT": "no",
    }
    found = settings("good.yaml", **by_hand)
    assert (found.instance_count, found.login_names, found.monitoring) == (2, (), "off")
    assert not any("as in the CycleCloud cluster" in note for note in loaded("good.yaml", **by_hand).notes)


def test_what_surrounded_the_cyclecloud_cluster_is_on_unless_the_env_file_says_otherwise() -> None:
    found = settings("good.yaml")
    assert (found.shared_storage.text, found.accounting) == ("anf:4", "mysql")
    assert settings("good.yaml", SHARED_STORAGE="controller").shared_storage.text == "controller"


def test_what_stays_as_the_cyclecloud_cluster_had_it_is_said() -> None:
    (note,) = loaded("good.yaml").notes
    assert "no node is on" in note and "3 login nodes" in note


@pytest.mark.parametrize(
    ("given", "access"),
    [
        ({"ACCESS": ""}, "bastion"),
        ({"ACCESS": "private"}, "private"),
        ({"ACCESS": "", "ALLOWED_CIDRS": "203.0.113.7"}, "head"),
    ],
)
def test_bastion_is_the_way_in_as_it_was_unless_the_env_file_says_another(given: dict[str, str], access: str) -> None:
    found = loaded("good.yaml", **given)
    assert cast("AzureSettings", found.settings).access == access
    assert any("Azure Bastion is the way in" in note for note in found.notes) == (access == "bastion")


def test_partitions_that_do_not_say_what_is_on_power_no_node_on() -> None:
    found = settings("good.yaml", PARTITIONS="hpc:Nodes=4;all:Nodes=ALL")
    assert (found.instance_count, found.slurm_pools[0].on, found.slurm_pools[0].count) == (0, 0, 4)


def test_partitions_say_how_many_are_on_with_a_config_file_too() -> None:
    assert settings("good.yaml", PARTITIONS="hpc:Nodes=4,On=2").slurm_pools[0].on == 2


def test_tags_arrive_as_they_are_written() -> None:
    found = settings("tags.yaml")
    assert found.tags == {
        "Owner": "Müller, Jörg (O'Brien's team)",
        "cost center": "CC: 4711 = R&D",
        "build": "007",
        "count": "42",
        "keep": "true",
        "expires": "2026-01-31",
        "empty": "",
        "nothing": "",
        'quote"d': 'say "hi"',
    }
    assert found.monitor_tags == {"env": "prod", "hidden-title": "Vega monitor"}


def test_tags_of_any_letters_arrive(tmp_path: Path) -> None:
    text = GOOD + "\nresource_group_tags: {logo: '🚀 ${x} %{y}', back: 'a\\b'}\n"
    assert settings(written(tmp_path, text)).tags == {"logo": "🚀 ${x} %{y}", "back": "a\\b"}


def test_no_tags_may_be_written_as_nothing() -> None:
    found = settings("null-tags.yaml")
    assert (found.tags, found.monitor_tags) == ({}, {})


def test_numbers_in_quotes_are_numbers() -> None:
    found = settings("quoted.yaml")
    assert (found.max_nodes, found.hpc_max_num_vms) == (10, 5)


def test_cores_that_make_no_whole_nodes_are_refused_with_both_neighbours() -> None:
    (problem,) = problems("remainder.yaml")
    assert "960 (10 nodes) or 1056 (11 nodes)" in problem


def test_a_size_that_the_cyclecloud_cluster_did_not_take_is_taken_and_said() -> None:
    found = loaded("sku.yaml")
    assert found.settings.sku == H200
    assert any(f"hpc_sku={H200} is none of the sizes that the CycleCloud cluster took" in note for note in found.notes)


def test_a_size_is_read_in_any_case(tmp_path: Path) -> None:
    found = loaded(written(tmp_path, GOOD.replace(H100, H100.lower())))
    assert found.settings.sku == H100
    assert not any("none of the sizes" in note for note in found.notes)


def test_an_unknown_size_is_refused_with_the_nearest() -> None:
    (problem,) = problems("bad-sku.yaml")
    assert "Standard_ND96isr_H100_V5x" in problem and f"is {H100} meant?" in problem


def test_bad_tags_are_refused_each_by_its_name() -> None:
    found = problems("bad-tags.yaml")
    assert any("monitor_tags is no dictionary" in problem for problem in found)
    of_group = [problem for problem in found if problem.startswith("CONFIG_FILE: resource_group_tags")]
    assert [("team/lab" in p, "a<b" in p, "nnn" in p, "54 tags" in p).index(True) for p in of_group] == [0, 1, 2, 3]


def test_several_documents_are_refused_and_the_first_is_judged() -> None:
    several, cores = problems("zero.yaml")
    assert several == "CONFIG_FILE holds 4 documents; give a file with one"
    assert cores.startswith("CONFIG_FILE: hpc_max_core_count=0 is out of range")


@pytest.mark.parametrize("text", ["0", "-96", "96.5", "many", "1_000", "0x60", "[96]"])
def test_cores_that_are_no_number_are_refused(tmp_path: Path, text: str) -> None:
    (problem,) = problems(written(tmp_path, GOOD.replace("384", text)))
    assert problem.startswith("CONFIG_FILE: hpc_max_core_count")


def test_a_misspelt_key_is_offered_for_the_one_that_is_missing() -> None:
    (problem,) = problems("extra.yaml")
    assert problem.startswith("CONFIG_FILE: hpc_max_core_count is missing (hpc_max_cores is there: is it meant?)")


def test_unknown_keys_are_named_with_what_there_is_instead() -> None:
    notes = loaded("extra.yaml", MAX_NODES="2").notes
    assert any("htc_sku is no key that is read; a further partition is one of PARTITIONS" in note for note in notes)
    assert any("login_count is no key that is read; set LOGIN_COUNT" in note for note in notes)
    assert any("bastion is no key that is read; it has no effect" in note for note in notes)


def test_a_misspelt_key_that_need_not_be_there_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, GOOD + "\nhpc_max_num_vm: 40\n"))
    assert problem == "CONFIG_FILE: hpc_max_num_vm is no key that is read; is hpc_max_num_vms meant?"


def test_more_in_a_scale_set_than_a_placement_group_holds_is_refused() -> None:
    (problem,) = problems("vms.yaml")
    assert problem.startswith("HPC_MAX_NUM_VMS=250: a single placement group")


def test_the_env_file_wins_and_that_is_said() -> None:
    found = loaded("good.yaml", LOCATION="westus3", RESOURCE_GROUP="mine", SKU=H200, MAX_NODES="3", TAGS="a=b")
    s = found.settings
    assert (s.location, s.resource_group, s.sku, s.max_nodes, s.tags) == ("westus3", "mine", H200, 3, {"a": "b"})
    assert "CONFIG_FILE: region=eastus2 isn't used, since the env file sets LOCATION=westus3" in found.notes
    assert any("hpc_max_core_count=384 isn't used, since the env file sets MAX_NODES=3" in n for n in found.notes)


def test_what_both_say_alike_is_not_said() -> None:
    assert not any("isn't used" in note for note in loaded("good.yaml", LOCATION="EastUS2").notes)


def test_the_env_file_fills_what_the_file_lacks() -> None:
    ours = {
        "LOCATION": "eastus2",
        "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001",
        "RESOURCE_GROUP": "rg",
        "SKU": H100,
        "MAX_NODES": "2",
    }
    assert problems("as-shipped.yaml", **ours) == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("region: [eastus2", "no valid YAML"),
        ("just words", "holds no lines of name: value"),
        ("", "holds no lines of name: value"),
        ("- region", "holds no lines of name: value"),
    ],
)
def test_a_file_of_another_kind_is_refused_alone(tmp_path: Path, text: str, named: str) -> None:
    (problem,) = problems(written(tmp_path, text))
    assert problem.startswith("CONFIG_FILE=") and named in problem


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, GOOD + "\nregion: westus3\n"))
    assert problem == "CONFIG_FILE: region stands there twice; write it once"


def test_a_placeholder_for_the_subscription_is_refused(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, GOOD.replace('"Vega - Research (prod)"', "<subscription>")))
    assert "subscription_name=<subscription> is a placeholder" in problem


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert settings(written(tmp_path, "\ufeff" + GOOD)).location == "eastus2"


def test_without_slurm_the_file_is_ignored_with_a_note() -> None:
    ours = {"LOCATION": "eastus2", "SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001"}
    found = loaded("good.yaml", ORCHESTRATOR_TYPE="none", **ours)
    assert "ignored with ORCHESTRATOR_TYPE=none, as parameters of another: CONFIG_FILE" in found.notes
    assert found.settings.sku != H100
