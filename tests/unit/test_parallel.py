"""Several waits at once."""

import threading

import pytest

from cluster_provision.parallel import WIDTH, at_once


def test_tasks_run_side_by_side_and_come_back_in_their_order() -> None:
    barrier = threading.Barrier(3, timeout=10)  # none gets past it alone

    def task(number: int) -> int:
        barrier.wait()
        return number

    assert at_once([lambda n=n: task(n) for n in range(3)]) == [0, 1, 2]  # type: ignore[misc]


def test_all_run_and_the_first_failure_in_their_order_is_raised() -> None:
    ran = []

    def task(number: int) -> None:
        ran.append(number)
        if number:
            raise ValueError(str(number))

    with pytest.raises(ValueError, match="1"):
        at_once([lambda n=n: task(n) for n in range(3)])  # type: ignore[misc]
    assert sorted(ran) == [0, 1, 2]


@pytest.mark.parametrize("width", [3, WIDTH])
def test_no_more_tasks_run_at_once_than_the_limit(width: int) -> None:
    running, most, lock = 0, 0, threading.Lock()
    barrier = threading.Barrier(width, timeout=10)

    def task(number: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        barrier.wait()
        with lock:
            running -= 1
        return number

    many = range(4 * width)
    assert at_once([lambda n=n: task(n) for n in many], width) == list(many)  # type: ignore[misc]
    assert most == width
