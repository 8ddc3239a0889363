"""The README's commands that need an engine, run as they stand there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
README = (PROJECT / "README.md").read_text()


@pytest.mark.engine
def test_the_first_clusters_of_the_readme_can_be_rehearsed(images: tuple[str, str], tmp_path: Path) -> None:
    env_lists = re.findall(r"```\n((?: *[A-Z_]+=.*\n)+) *```", README)
    assert len(env_lists) == 2  # Google Cloud, Azure
    (build,) = re.findall(r"\$ (make image)$", README, re.MULTILINE)
    subprocess.run(build.split(), cwd=PROJECT, check=True, capture_output=True)
    (run,) = re.findall(r"\$ (docker run .*REHEARSE=plan.*)$", README, re.MULTILINE)
    client = Path(images[0])
    environment = {**os.environ, "PATH": f"{client.parent}:{os.environ['PATH']}"}
    for env_list in env_lists:
        (tmp_path / "env.list").write_text("".join(line.strip() + "\n" for line in env_list.splitlines()))
        said = subprocess.run(run.split(), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stderr
        assert "Cluster my-cluster is ready: 2 nodes" in said.stdout
