"""Workers that share work go on with what they have."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from lawful.verify.workers.turns import Turns

WORK = [(name[0], "", name) for name in ("a1", "b1", "a2", "b2", "b3", "c1")]
PARTS = [("a", name[0], name) for name in ("u1", "u2", "v1", "w1")]


@contextmanager
def thread() -> Iterator[ThreadPoolExecutor]:
    """One thread, which lives on between what it is given."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def taken(pool: ThreadPoolExecutor, turns: Turns[str]) -> str:
    found: Future[str] = pool.submit(turns.take)
    return found.result()


def test_one_worker_does_everything_about_one_thing_before_the_next() -> None:
    turns = Turns(WORK)
    assert [turns.take() for _ in WORK] == ["a1", "a2", "b1", "b2", "b3", "c1"]
    with pytest.raises(ValueError, match="nothing"):
        turns.take()


def test_each_of_two_goes_on_with_its_own_and_helps_where_most_is_left() -> None:
    turns = Turns([*WORK[:-1], ("b", "", "b4")])
    with thread() as first, thread() as second:
        assert [taken(pool, turns) for pool in (first, second, first)] == ["a1", "b1", "a2"]
        assert [taken(pool, turns) for pool in (first, second, second)] == ["b2", "b3", "b4"]


def test_what_nobody_has_comes_first() -> None:
    turns = Turns(WORK)
    with thread() as first, thread() as second:
        assert [taken(pool, turns) for pool in (first, second, first, first)] == ["a1", "b1", "a2", "c1"]


def test_a_thing_of_several_parts_is_shared_by_its_parts() -> None:
    turns = Turns([*PARTS, ("b", "", "b1")])
    with thread() as first, thread() as second:
        assert [taken(pool, turns) for pool in (first, second)] == ["u1", "b1"]
        assert [taken(pool, turns) for pool in (second, second, first)] == ["v1", "w1", "u2"]
