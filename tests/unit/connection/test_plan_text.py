"""The text of Plan."""

from decimal import Decimal

from cluster_provision.connection.plan_text import plan_text
from cluster_provision.price import Price
from cluster_provision.result import Changes, PlannedChange, Result

PRICE = Price(Decimal("1.541"), (("2 x n1-standard-8", Decimal("1.541")),))
CHANGES = (
    PlannedChange("create", "google_compute_instance_template", "module.vm.google_compute_instance_template.this"),
    PlannedChange("replace", "azurerm_linux_virtual_machine", "azurerm_linux_virtual_machine.head"),
    PlannedChange("destroy", "machine", "dgx03"),
)


def test_the_numbers_come_first_then_each_change_then_the_price() -> None:
    first, *listed, last = plan_text(Result("plan", changes=Changes(2, 0, 2), plan=CHANGES, price=PRICE)).splitlines()
    assert first == "2 to add, 0 to change, 2 to destroy"
    assert [line.split(maxsplit=1)[0] for line in listed] == ["+", "-/+", "-"]
    assert "linux virtual machine" in listed[1]
    assert listed[1].endswith(" azurerm_linux_virtual_machine.head")
    assert "1.55 USD an hour" in last


def test_where_nothing_changes_and_no_price_is_known_only_that_is_said() -> None:
    assert plan_text(Result("plan", changes=Changes())) == "No changes"
