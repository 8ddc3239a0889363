"""Several failures told as one."""

from cluster_provision.errors import PermissionDenied, PriceError, QuotaError, SettingsError, one_of_all


def test_one_failure_stays_what_it_is() -> None:
    only = QuotaError("x", "y")
    assert one_of_all([only]) is only


def test_all_are_told_under_the_lowest_exit_code() -> None:
    told = one_of_all([PriceError("dear", "a"), PermissionDenied("denied", "b"), QuotaError("short", "b")])
    assert type(told) is PermissionDenied
    assert told.message == "3 problems:\n  - dear\n  - denied\n  - short"
    assert told.advice == "dear: a\ndenied, short: b"


def test_lines_of_a_problem_stand_below_it_and_an_advice_for_all_is_told_once() -> None:
    told = one_of_all([QuotaError("short:\n  GPUS: 4", "ask"), PermissionDenied("denied", "ask")])
    assert told.message == "2 problems:\n  - short:\n      GPUS: 4\n  - denied"
    assert told.advice == "ask"


def test_an_advice_among_several_says_what_it_is_for() -> None:
    told = one_of_all([QuotaError("quotas have no room: 4 needed", "ask Google"), SettingsError(("one",), "mend it")])
    assert told.advice == "quotas have no room: ask Google\nThe settings: mend it"


def test_problems_of_settings_are_lines_of_their_own() -> None:
    told = one_of_all([QuotaError("short", "a"), SettingsError(("one", "two"))])
    assert type(told) is SettingsError
    assert told.problems == ("short", "one", "two")
    assert told.message.startswith("3 problems:")
    assert one_of_all([SettingsError(("one",)), SettingsError(("two",))]).message.startswith(
        "2 problems in the settings"
    )
