"""The env files to start from."""

from pathlib import Path

import pytest

from cluster_provision.documents.env_files import FIRST, FOLDER, env_file, kinds
from cluster_provision.errors import SettingsError
from cluster_provision.settings import load
from cluster_provision.settings.env_file import read_env_file

EVERY = [(cloud, kind) for cloud in FIRST for kind in kinds(cloud)]


@pytest.mark.parametrize(("cloud", "kind"), EVERY)
def test_each_is_commented_and_read_without_a_problem(tmp_path: Path, cloud: str, kind: str) -> None:
    text = env_file(f"{cloud} {kind}")
    (tmp_path / "env.list").write_text(text)
    loaded = load(read_env_file(tmp_path / "env.list", {}), "Create")
    assert loaded.settings.cloud == cloud
    assert text.startswith("# ")
    assert f"{cloud}-{kind}.list" not in text


def test_every_example_but_the_plain_one_can_be_had() -> None:
    there = {each.name for each in FOLDER.glob("*.list")} - {"env.list"}
    assert {f"{cloud}-{kind}.list" for cloud, kind in EVERY} == there


@pytest.mark.parametrize("cloud", FIRST)
def test_a_cloud_alone_means_its_plain_kind(cloud: str) -> None:
    assert env_file(cloud.upper()) == env_file(f"{cloud} {FIRST[cloud]}")


@pytest.mark.parametrize("argument", ["", "aws", "gcp openshift", "gcp slurm ray", "../secrets x"])
def test_what_is_not_there_is_refused_with_what_is(argument: str) -> None:
    with pytest.raises(SettingsError, match="azure: private, ray, slurm"):
        env_file(argument)
