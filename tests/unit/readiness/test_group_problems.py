"""What keeps a group from filling is shown at once, and given up on when it lasts."""

from datetime import UTC, datetime

import pytest

from cluster_provision.clouds.base import GroupError, Machine
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.errors import (
    CapacityError,
    PermissionDenied,
    PlaceClosed,
    ProvisionError,
    QuotaError,
    SettingsError,
)
from cluster_provision.readiness.group_problems import GroupProblems, summary

STOCK_OUT = "ZONE_RESOURCE_POOL_EXHAUSTED: The zone 'projects/p/zones/z' does not have enough resources available"
QUOTA = "QUOTA_EXCEEDED: Quota 'NVIDIA_A100_GPUS' exceeded. Limit: 0.0 in region us-central1."
DENIED = "PERMISSIONS_ERROR: Required 'compute.instances.create' permission for 'projects/p/zones/z/instances/a'"
IMPOSSIBLE = f"{STOCK_OUT.partition(':')[0]}: [pd-standard, n4] features are not compatible for creating instance"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def stuck(problem: str = "", name: str = "a") -> Machine:
    return Machine(name, "1", "z", problem=problem)


def errors(*texts: str, machine: str = "a") -> list[GroupError]:
    return [GroupError(text, machine, NOW) for text in texts]


def watch(limit: float, *texts: str, machine: str = "a", said: list[str] | None = None) -> GroupProblems:
    return GroupProblems(
        lambda: errors(*texts, machine=machine), kind_of, limit, (said if said is not None else []).append
    )


def gives_up_at(watching: GroupProblems, machine: Machine, every: float = 10.0) -> tuple[float, ProvisionError]:
    """The time at which it gives up, and its error."""
    for look in range(1000):
        try:
            watching.look([machine], 1, look * every)
        except ProvisionError as failure:
            return look * every, failure
    raise AssertionError("it never gave up")


@pytest.mark.parametrize(
    ("text", "kind"), [(STOCK_OUT, CapacityError), (QUOTA, QuotaError), (DENIED, PermissionDenied)]
)
def test_a_problem_that_may_pass_is_waited_out_up_to_the_limit(text: str, kind: type[ProvisionError]) -> None:
    at, failure = gives_up_at(watch(600, text), stuck(text))
    assert type(failure) is kind
    assert at == 600
    assert "for 10 minutes" in failure.message
    assert text in failure.message


def test_a_limit_of_nothing_gives_up_at_the_first_error() -> None:
    assert gives_up_at(watch(0, STOCK_OUT), stuck(STOCK_OUT))[0] == 0


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            "CONDITION_NOT_MET: Location ZONE:us-central1-a violates constraint constraints/gcp.resourceLocations",
            PlaceClosed,
            "another region",
        ),
        ("UNSUPPORTED_OPERATION: Your billing account is currently in the free tier", PermissionDenied, "upgrade"),
        (
            "SERVICE_ACCOUNT_ACCESS_DENIED: The user does not have access to service account 'a@b.iam'",
            PermissionDenied,
            "roles/iam.serviceAccountUser",
        ),
        ("INVALID_FIELD_VALUE: Invalid value for field 'resource.x': 'y'.", SettingsError, "names the field"),
    ],
)
def test_what_no_waiting_heals_is_not_waited_for(text: str, kind: type[ProvisionError], words: str) -> None:
    said: list[str] = []
    at, failure = gives_up_at(watch(600, text, said=said), stuck(text))
    assert (at, type(failure)) == (0, kind)
    assert words in failure.advice
    assert "wait longer" not in failure.advice
    assert not any("Waiting up to" in line for line in said)


def test_beside_a_final_refusal_of_its_class_nothing_else_is_waited_for() -> None:
    policy = "CONDITION_NOT_MET: Operation denied by custom org policies: [customConstraints/custom.x: no]"
    at, failure = gives_up_at(watch(600, DENIED, policy), stuck(DENIED))
    assert (at, type(failure)) == (0, PermissionDenied)
    assert "organisation policy" in failure.advice


def test_a_machine_that_can_never_be_made_ends_the_wait() -> None:
    at, failure = gives_up_at(watch(600, IMPOSSIBLE), stuck(IMPOSSIBLE))
    assert (at, type(failure)) == (0, SettingsError)
    assert "DISK_TYPE" in failure.advice


def test_an_attempt_without_a_date_may_be_of_an_earlier_run() -> None:
    # the listing of errors has none of this run: only the machine's last attempt tells of it
    assert gives_up_at(watch(0), stuck(STOCK_OUT))[0] == 60
    assert gives_up_at(watch(0), stuck(IMPOSSIBLE))[0] == 60


def test_an_error_of_no_machine_counts_while_the_group_is_not_full() -> None:
    assert type(gives_up_at(watch(0, DENIED, machine=""), stuck())[1]) is PermissionDenied


def test_an_error_of_a_machine_that_runs_by_now_is_history() -> None:
    running = Machine("a", "1", "z", status="RUNNING")
    assert watch(0, STOCK_OUT).look([running, stuck(name="b")], 2, 0) == []


def test_an_error_of_a_machine_that_is_gone_is_history_once_the_group_has_as_many_as_it_should() -> None:
    gone = watch(0, STOCK_OUT, machine="gone")
    assert gone.look([stuck()], 1, 0) == []
    with pytest.raises(CapacityError):
        gone.look([stuck()], 2, 0)


def test_a_full_group_is_not_asked_for_its_errors() -> None:
    def unasked() -> list[GroupError]:
        raise AssertionError("asked")

    full = [Machine("a", "1", "z", status="RUNNING")]
    assert GroupProblems(unasked, kind_of, 0, print).look(full, 1, 0) == []


def test_the_wait_begins_anew_when_a_machine_comes_or_the_error_goes() -> None:
    watching = watch(600, STOCK_OUT)
    watching.look([stuck(STOCK_OUT), stuck(name="b")], 2, 0)
    watching.look([stuck(STOCK_OUT), Machine("b", "2", "z", status="RUNNING")], 2, 590)
    watching.look([stuck(STOCK_OUT), Machine("b", "2", "z", status="RUNNING")], 2, 1180)
    with pytest.raises(CapacityError):
        watching.look([stuck(STOCK_OUT), Machine("b", "2", "z", status="RUNNING")], 2, 1190)


def test_a_problem_that_another_zone_does_not_solve_decides_over_others() -> None:
    assert type(gives_up_at(watch(0, STOCK_OUT, QUOTA), stuck())[1]) is QuotaError


def test_a_problem_that_nobody_knows_is_shown_and_waited_for() -> None:
    said: list[str] = []
    found = watch(0, "INTERNAL_ERROR: no idea", said=said).look([stuck()], 1, 10_000)
    assert [p.text for p in found] == ["INTERNAL_ERROR: no idea"]
    assert said == ["  a: INTERNAL_ERROR: no idea"]


def test_each_problem_is_said_once_at_the_first_look() -> None:
    said: list[str] = []
    watching = watch(600, QUOTA, said=said)
    for look in range(3):
        watching.look([stuck(QUOTA)], 1, look)
    assert said == [f"  a: {QUOTA}", "  Waiting up to 10 minutes for the group to fill (CAPACITY_WAIT)"]


def test_the_summary_names_each_text_once_with_its_machines() -> None:
    found = GroupProblems(lambda: [], kind_of, 600, lambda _: None).look([stuck(QUOTA, n) for n in "abcde"], 5, 0)
    assert summary(found) == f"a, b, c and 2 more: {QUOTA}"
