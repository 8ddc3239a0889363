"""Custom data is taken apart as cloud-init does it."""

from __future__ import annotations

import base64
import gzip
import json
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from embedded_cloud.azure.machines.custom_data import config_of, parts, written_files

CONFIG = {"schema": 1, "cloud": "azure", "account": "a", "container": "c", "deployment": "d"}


def coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def cloud_config(content: str, encoding: str = "") -> str:
    return "#cloud-config\n" + json.dumps(
        {"write_files": [{"path": "/etc/cluster/config.json", "content": content, "encoding": encoding}]}
    )


def several(*texts: tuple[str, str]) -> bytes:
    message = MIMEMultipart()
    for kind, text in texts:
        message.attach(MIMEText(text, kind))
    return message.as_bytes()


TEXT = json.dumps(CONFIG)
WAYS = {
    "as it is": cloud_config(TEXT).encode(),
    "packed as a whole": gzip.compress(cloud_config(TEXT).encode()),
    "in parts": several(("x-shellscript", "#!/bin/sh"), ("cloud-config", cloud_config(TEXT))),
    "in packed parts": gzip.compress(several(("cloud-config", cloud_config(TEXT)), ("x-shellscript", "#!/bin/sh"))),
    "a part of no type of its own": several(("plain", cloud_config(TEXT))),
    "coded": cloud_config(coded(TEXT.encode()), "b64").encode(),
    "coded and packed": cloud_config(coded(gzip.compress(TEXT.encode())), "gz+b64").encode(),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_nodes_configuration_is_found_however_it_is_packed(way: str) -> None:
    assert config_of(coded(WAYS[way])) == CONFIG


@pytest.mark.parametrize(
    "given", ["", "no base64!", coded(b"\x1f\x8bbroken"), coded(b"#cloud-config\n- :\n-a: ["), coded(b"#!/bin/sh")]
)
def test_what_cloud_init_could_not_read_gives_nothing(given: str) -> None:
    assert config_of(given) is None
    assert written_files(given) == {}


def test_each_part_is_of_the_type_that_its_first_line_says() -> None:
    given = several(("plain", "#!/bin/sh\n"), ("plain", "#cloud-config\n{}"), ("cloud-boothook", "#!/bin/sh\n"))
    assert [kind for kind, _ in parts(coded(given))] == [
        "text/x-shellscript",
        "text/cloud-config",
        "text/cloud-boothook",
    ]
