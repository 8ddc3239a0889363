"""group_vars and host_vars beside an inventory, and which variable wins."""

from __future__ import annotations

import pytest

from tests.unit.settings.inventory.conftest import told, variables

HOSTS = "[web]\nx\n[app:children]\nweb\n"


@pytest.mark.parametrize("ending", ["", ".yml", ".yaml", ".json"])
def test_files_of_groups_and_hosts_are_read_with_and_without_an_ending(read, ending):
    found = read(HOSTS, **{f"group_vars/web{ending}": '{"g": 1}', f"host_vars/x{ending}": '{"h": 2}'})
    assert variables(found, "x") == {"g": 1, "h": 2}
    assert str(found.hosts["x"].variables["h"].place) == f"host_vars/x{ending}, line 1"


def test_a_folder_of_files_is_read_in_the_order_of_their_names(read):
    files = {
        "10.yml": "v: 1\nw: 1",
        "20": "v: 2",
        "sub/x.yml": "s: 3",
        ".hidden.yml": "h: 1",
        "b.yml~": "h: 1",
        "t.txt": "h: 1",
    }
    found = read(HOSTS, **{f"group_vars/web/{name}": text for name, text in files.items()})
    assert variables(found, "x") == {"v": 2, "w": 1, "s": 3}


def test_of_two_files_of_one_group_the_first_form_counts_and_the_other_is_noted(read):
    found = read(HOSTS, **{"group_vars/web": "v: 1", "group_vars/web.yml": "v: 2"})
    assert variables(found, "x") == {"v": 1}
    assert [str(note) for note in found.notes] == [
        "group_vars/web.yml: isn't read, since web stands beside it, and Ansible reads the first of the two alone"
    ]


def test_a_file_of_no_group_isnt_read_and_is_named(read):
    beside = {
        "group_vars/nfs.yml": "v: 1",
        "host_vars/y.yml": "v: 2",
        "group_vars/README.md": "",
        "group_vars/old.bak": "",
    }
    found = read(HOSTS, **beside)
    assert variables(found, "x") == {}
    first, second = map(str, found.notes)
    assert first.startswith("group_vars/nfs.yml: isn't read, as Ansible wouldn't: the inventory has no group nfs;")
    assert "group_vars/all.yml" in first
    assert second.startswith("host_vars/y.yml: isn't read, as Ansible wouldn't: the inventory has no host y;")


def test_a_group_called_otherwise_by_a_dash_has_another_file(read):
    found = read("[slurm_cluster]\nx\n", **{"group_vars/slurm-cluster.yml": "v: 1"})
    assert variables(found, "x") == {} and "no group slurm-cluster" in str(found.notes[0])
    assert str(found.notes[0]).endswith("; rename it to slurm_cluster.yml")


def test_a_file_that_is_encrypted_as_a_whole_is_named(read):
    found = read(HOSTS, **{"group_vars/all.yml": "$ANSIBLE_VAULT;1.1;AES256\nCANARY\n"})
    (note,) = map(str, found.notes)
    assert note == "group_vars/all.yml: the whole file is encrypted with ansible-vault: none of it is used"


def test_a_file_that_cant_be_read_is_a_problem(read, tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/all").write_bytes(b"v: \xff")
    found = read(HOSTS, **{"group_vars/web.yml": "a: b: c", "host_vars/x.yml": "- a"})
    assert [problem.partition(":")[0] for problem in told(found)] == [
        "group_vars/all",
        "group_vars/web.yml, line 1",
        "host_vars/x.yml, line 1",
    ]


def test_each_place_beats_those_before_it_as_in_ansible(read):
    text = "[all:vars]\nv=1\n[web]\nx {own}\n[web:vars]\n{web}\n[app:children]\nweb\n[app:vars]\n{app}\n"
    layers: dict[str, str] = {}
    found = []
    for step in ("all", "app", "web", "group_vars/all", "group_vars/app", "group_vars/web", "own", "host_vars/x"):
        layers[step] = f"v: {step}" if "/" in step else f"v={step}"
        inline = text.replace("{own}", layers.get("own", "")).replace("{web}", layers.get("web", "w=0"))
        beside = {name: content for name, content in layers.items() if "/" in name}
        found.append(variables(read(inline.replace("{app}", layers.get("app", "w=0")), **beside), "x")["v"])
    assert found == [1, "app", "web", "group_vars/all", "group_vars/app", "group_vars/web", "own", "host_vars/x"]


def test_among_equal_groups_the_priority_wins_and_then_the_later_name(read):
    text = "[a]\nx\n[a:vars]\nv=a\n{}\n[b]\nx\n[b:vars]\nv=b\n"
    assert variables(read(text.format("")), "x")["v"] == "b"
    assert variables(read(text.format("ansible_group_priority=10")), "x")["v"] == "a"


def test_a_deeper_group_wins_however_it_is_called(read):
    text = "[z]\nx\n[z:vars]\nv=z\n[a]\nx\n[a:vars]\nv=a\n[p:children]\nq\n[q:children]\na\n"
    assert variables(read(text), "x")["v"] == "a"
