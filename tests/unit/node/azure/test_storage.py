"""The bootstrap's own requests against Blob storage as the embedded cloud has it, by Azurite."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.azure.cloud import Azure
from cluster_provision.clouds.azure.credentials import find_credentials
from cluster_provision.rehearsal import rehearse
from cluster_provision.state.azure.account import Place
from cluster_provision.state.azure.store import AzureBlobStore
from tests.unit.node.azure.kit import archive, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.node.azure.kit import AzureMachine, FakeAzure

pytestmark = pytest.mark.usefixtures("azurite")

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PLACE = Place("aiinfratf123", "terraform", "", "aiinfra-terraform", "westeurope", own=True)
NAMED = {"account": PLACE.account, "container": PLACE.container, "deployment": "demo-deployment"}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AzureBlobStore]:
    """The state's place of a cluster called demo, on an embedded cloud. Its only node writes its record anew in each
    test."""
    folder = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CLOUD", "azure")
        environment.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
        environment.setenv("PROVIDER_MIRROR", str(folder / "none"))
        with rehearse("plan", folder / "cloud", os.environ, lambda _: None):
            found = find_credentials(os.environ)
            made = AzureBlobStore(Azure(found, SUBSCRIPTION), found.token, PLACE, "demo")
            made.prepare()
            yield made


@pytest.fixture
def there(node: AzureMachine, azure: FakeAzure, store: AzureBlobStore) -> AzureMachine:
    """A node that has a token of who may read and write there, and reaches the account by its own name."""
    credential = find_credentials(os.environ).token
    azure.token = credential.get_token("https://storage.azure.com/.default").token
    del node.environment["BLOB_ENDPOINT"]
    node.environment |= {name: os.environ[name] for name in ("HTTPS_PROXY", "https_proxy") if name in os.environ}
    node.environment["CURL_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"]
    node.configure(**NAMED)
    node.only("files", "ray")
    return node


def test_a_record_is_listed_and_read_as_the_node_wrote_it(there: AzureMachine, store: AzureBlobStore) -> None:
    there.start()
    found = {"verdict": "healthy", "host": "", "checks": []}
    (there.root / "var/lib/cluster/health.json").write_text(json.dumps(found))

    done = there.run(there.script, "report")

    assert done.returncode == 0, done.stderr
    (summary,) = store.node_summaries()
    assert (summary.name, summary.status, summary.step) == ("vm-000000", "ready", "done")
    assert (summary.instance_id, summary.health, summary.ray) == ("8a1f-4711", "healthy", None)
    record = store.node_record("vm-000000")
    assert record is not None
    assert (record.address, record.host_keys) == ("10.0.0.4", ("ssh-ed25519 AAAAhost",))


def test_a_node_in_no_ray_cluster_yet_is_listed_as_such(there: AzureMachine, store: AzureBlobStore) -> None:
    there.configure(**NAMED, orchestrator={"ray": {"port": 6379}})
    there.command("id", "exit 1")
    there.command("useradd", "exit 1")

    there.start()

    (summary,) = store.node_summaries()
    assert (summary.status, summary.step, summary.ray) == ("failed", "ray", "")


def test_files_that_the_tool_has_put_there_are_fetched(
    there: AzureMachine, store: AzureBlobStore, tmp_path: Path
) -> None:
    (tmp_path / "packed").write_bytes(packed("a.txt", "hello"))
    store.upload("files/x y.tar.gz", tmp_path / "packed")
    given = archive("x y", "/copy")
    there.configure(**NAMED, files=type(given)("demo-deployment/files/x y.tar.gz", "/copy"))

    done = there.start()

    assert done.returncode == 0, there.text("/var/log/cluster/step-files.log")
    assert there.text("/copy/a.txt") == "hello"


def test_a_token_that_is_refused_is_told_in_azures_words(there: AzureMachine, azure: FakeAzure) -> None:
    azure.token = "nobody's"
    there.environment["RECORD_LIMIT"] = "0"
    there.configure(**NAMED, files=archive("x", "/copy"))

    there.start()

    assert "HTTP 40" in there.step("files")["tail"]
