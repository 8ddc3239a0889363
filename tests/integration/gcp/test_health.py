"""Health on a cloud whose machines don't check themselves."""

from tests.integration.conftest import Tool


def test_health_is_refused_on_google_cloud_with_what_there_is_instead(tool: Tool) -> None:
    tool.result("Create")
    before = tool.left()

    refused = tool.result("Health", expected=2)["error"]

    assert "Health is not on CLOUD=gcp in this version" in refused["message"]
    assert "Status" in refused["advice"]
    assert tool.left() == before


def test_health_takes_no_argument_but_again(tool: Tool) -> None:
    said = tool.run("Health", "vm-000000")

    assert said.returncode == 2
    assert "'vm-000000'" in said.stderr
    assert "again" in said.stderr
