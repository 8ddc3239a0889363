"""Several failures told as one."""

from cluster_provision.errors import PermissionDenied, PriceError, QuotaError, SettingsError, one_of_all


def test_one_failure_stays_what_it_is() -> None:
    only = QuotaError("x", "y")
    assert one_of_all([only]) is only


def test_all_are_told_under_the_lowest_exit_code() -> None:
    told = one_of_all([PriceError("dear", "a"), PermissionDenied("denied", "b"), QuotaError("short", "b")])
    assert type(told) is PermissionDenied
    assert told.message == "3 problems:\n  - dear\n  - denied\n  - short"
    assert told.advice == "a\nb"


def test_problems_of_settings_are_lines_of_their_own() -> None:
    told = one_of_all([QuotaError("short", "a"), SettingsError(("one", "two"))])
    assert type(told) is SettingsError
    assert told.problems == ("short", "one", "two")
    assert told.message.startswith("3 problems:")
    assert one_of_all([SettingsError(("one",)), SettingsError(("two",))]).message.startswith(
        "2 problems in the settings"
    )
