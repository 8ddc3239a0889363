"""The custom data of an Azure scale set, as cloud-init would take it apart."""

from __future__ import annotations

import ast
import base64
import dataclasses
import gzip
import hashlib
import json
import subprocess
import sys
from email import message_from_bytes
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.node_files import BOOTSTRAP, NODE, copied_files
from cluster_provision.targets.azure.custom_data import LIMIT, bare, custom_data
from cluster_provision.targets.azure.node_config import Fetched, NodeConfig
from embedded_cloud.azure.machines.custom_data import config_of, parts, written_files

CONFIG = NodeConfig("acct", "state", "abc-deployment", "azureuser", "Standard_ND96isr_H200_v5", gpus=8, nvme_disks=8)
RAY = dataclasses.replace(CONFIG, orchestrator={"ray": {"port": 6379}})
USER = "#cloud-config\nruncmd:\n- [touch, /tmp/users]\n"


def names(encoded: str) -> list[str | None]:
    whole = message_from_bytes(gzip.decompress(base64.b64decode(encoded)))
    return [part.get_filename() for part in whole.walk() if not part.is_multipart()]


def test_the_same_settings_give_the_same_bytes() -> None:
    assert custom_data(RAY, USER) == custom_data(dataclasses.replace(RAY), str(USER))


def test_another_command_gives_other_bytes() -> None:
    assert custom_data(CONFIG) != custom_data(dataclasses.replace(CONFIG, startup_command="hostname"))


def test_a_node_is_told_its_configuration_in_a_file_for_root_alone() -> None:
    given = dataclasses.replace(CONFIG, files=Fetched("d/files/x.tar.gz", "/copy"), startup_command="echo 'ü'\n")
    encoded = custom_data(given, USER)

    told = config_of(encoded)
    assert told is not None
    assert (told["account"], told["files"], told["ray"]) == (
        "acct",
        {"object": "d/files/x.tar.gz", "destination": "/copy"},
        None,
    )
    assert told["startup_command"] == "echo 'ü'\n"
    assert told["cloud_init"] is True
    written = next(json.loads(text.partition("\n")[2]) for kind, text in parts(encoded) if "write_files" in text)
    modes = {each["path"]: each["permissions"] for each in written["write_files"]}
    assert modes["/etc/cluster/config.json"] == "0600"


def test_the_bootstrap_units_and_scripts_are_written(tmp_path: Path) -> None:
    files = written_files(custom_data(RAY))

    joined = tmp_path / "bootstrap.sh"
    joined.write_text(files[BOOTSTRAP])
    assert subprocess.run(["bash", "-n", joined], check=False).returncode == 0
    assert "ray==" in files[BOOTSTRAP]
    assert "ExecStart=/bin/bash " + BOOTSTRAP in files["/etc/systemd/system/cluster-bootstrap.service"]
    assert files["/opt/node-info.sh"] == bare((NODE / "azure/opt/node-info.sh").read_text())


def test_every_file_of_the_bootstrap_on_azure_is_in_it_once() -> None:
    order = (NODE / "azure/order").read_text().split()
    own = [p.relative_to(NODE).as_posix() for name in ("lib", "steps") for p in (NODE / "azure" / name).glob("*.sh")]

    assert sorted(own) == sorted(name for name in order if name.startswith("azure/"))
    assert len(order) == len(set(order))
    assert (order[0], order[-1]) == ("prelude.sh", "bootstrap.sh")


def test_the_joined_bootstrap_is_clean(tmp_path: Path) -> None:
    joined = tmp_path / "bootstrap.sh"
    joined.write_text(written_files(custom_data(RAY))[BOOTSTRAP])

    shellcheck = [str(Path(sys.executable).parent / "shellcheck"), "--severity=style", str(joined)]
    done = subprocess.run(shellcheck, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_ray_its_packages_are_not_sent() -> None:
    assert "ray==" not in written_files(custom_data(CONFIG))[BOOTSTRAP]


def test_every_unit_that_is_written_is_enabled() -> None:
    begin = (NODE / "azure/begin.sh").read_text()

    enabled = next(line for line in begin.splitlines() if line.startswith("systemctl enable")).split()[2:]
    assert sorted(enabled) == sorted(path.name for path in (NODE / "azure/units").iterdir())


@pytest.mark.parametrize(
    ("user", "kind"),
    [
        (USER, "text/cloud-config"),
        ("#!/bin/sh\necho hello\n", "text/x-shellscript"),
        ("#cloud-config\nruncmd: ['echo Grüße']\n", "text/cloud-config"),
    ],
)
def test_the_users_own_comes_with_its_text_and_kind(user: str, kind: str) -> None:
    assert (kind, user) in list(parts(custom_data(CONFIG, user)))


def test_a_users_multi_part_keeps_its_parts() -> None:
    script = MIMEText("#!/bin/sh\necho inner\n", "x-shellscript")
    config = MIMEText("#cloud-config\nruncmd: ['echo Grüße']\n", "cloud-config")

    found = list(parts(custom_data(CONFIG, MIMEMultipart(_subparts=[script, config]).as_string())))

    assert ("text/x-shellscript", "#!/bin/sh\necho inner\n") in found
    assert ("text/cloud-config", "#cloud-config\nruncmd: ['echo Grüße']\n") in found


def test_without_a_users_there_is_no_part_of_it() -> None:
    assert names(custom_data(CONFIG, "\n")) == ["cluster", "000-cluster"]


def test_all_that_the_tool_sends_leaves_a_third_for_the_users() -> None:
    assert len(base64.b64decode(custom_data(RAY))) < LIMIT * 2 // 3


SENT = sorted({*copied_files().values(), *(NODE / name for name in (NODE / "azure/order").read_text().split())})


@pytest.mark.parametrize("path", [path for path in SENT if path.suffix == ".py"], ids=lambda path: path.name)
def test_python_without_its_comments_is_the_same_program(path: Path) -> None:
    assert ast.dump(ast.parse(bare(path.read_text()))) == ast.dump(ast.parse(path.read_text()))


def functions(text: str) -> str:
    """Bash's own print of a script, which has no comments."""
    script = f"whole() {{\n{text}\n:\n}}\ndeclare -f whole"
    return subprocess.run(["bash"], input=script, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("path", [path for path in SENT if path.suffix == ".sh"], ids=lambda path: path.name)
def test_a_script_without_its_comments_is_the_same_program(path: Path) -> None:
    text = path.read_text()

    assert functions(bare(text)) == functions(text)
    assert bare(text).startswith("#!") == text.startswith("#!")
    assert len(functions(text).splitlines()) > 3


@pytest.mark.parametrize("path", [path for path in SENT if path.suffix not in (".py", ".sh")], ids=lambda p: p.name)
def test_units_and_awk_lose_nothing_but_lines_of_comment(path: Path) -> None:
    kept = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]

    assert bare(path.read_text()).splitlines() == kept


NOISE = "".join(hashlib.sha512(str(n).encode()).hexdigest() for n in range(1000))


@pytest.mark.parametrize(
    ("user", "command", "named"),
    [
        (f"#cloud-config\n# {NOISE}\n", "", "CLOUD_INIT (128,017 bytes): "),
        ("", f": {NOISE[:64000]}", "STARTUP_COMMAND (64,002 bytes): "),
        (USER, f": {NOISE[:64000]}", "CLOUD_INIT (44 bytes) and STARTUP_COMMAND (64,002 bytes): "),
    ],
)
def test_what_is_too_large_is_refused_by_name_with_its_sizes(user: str, command: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        custom_data(dataclasses.replace(CONFIG, startup_command=command), user)

    assert refused.value.problems[0].startswith(named)
    assert "65,535" in refused.value.problems[0]
