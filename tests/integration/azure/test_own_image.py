"""An image of the user's own, which a rehearsal knows by its id, as it does an identity."""

from __future__ import annotations

import pytest

from tests.integration.azure.tool import SUBSCRIPTION, AzureTool

COMPUTE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.Compute"


@pytest.mark.parametrize("image", ["images/mine", "galleries/nodes/images/mine/versions/1.0.0"])
def test_an_image_of_the_users_own_is_there(azure: AzureTool, image: str) -> None:
    azure.settings["IMAGE"] = f"{COMPUTE}/{image}"
    checks = {each["name"]: each for each in azure.result("Validate")["checks"]}
    assert (checks["image"]["status"], checks["image"]["detail"]) == ("ok", f"{COMPUTE}/{image}")
