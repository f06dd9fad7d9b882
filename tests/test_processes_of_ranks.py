"""Ranks are processes: silent, asked more than once, gone when they should be; what one raises is raised."""

import os

import pytest
import torch

from examples.processes import runs
from lawful.properties.runs.ranks import Ranks, on_ranks
from lawful.properties.runs.running import RaisedError, RefusedError

forks = pytest.mark.filterwarnings("ignore::DeprecationWarning")
"""Python's, of threads beside a fork, and torch's, of what torch itself imports."""


@forks
def test_ranks_are_silent_and_gone_afterwards(capfd: pytest.CaptureFixture[str]) -> None:
    pids = on_ranks(lambda: (os.write(1, b"loud"), os.getpid())[1])
    assert len({*pids, os.getpid()}) == 3 and not any(map(runs, pids))
    assert capfd.readouterr() == ("", "")


@forks
def test_ranks_stay_and_what_is_changed_around_them_is_undone() -> None:
    def work(name: str) -> tuple[int, str]:
        before = str(torch.get_default_dtype())
        torch.set_default_dtype(getattr(torch, name))
        return os.getpid(), before

    with Ranks(work) as ranks:
        first, second = ranks.ask("float64"), ranks.ask("float64")
    assert first == second and first[0][1] == "torch.float32" and not any(runs(pid) for pid, _ in first)


@forks
def test_ranks_are_gone_once_one_has_raised() -> None:
    def work(name: str) -> int:
        if name == "wrong" and torch.distributed.get_rank():
            raise RefusedError(name)
        return os.getpid()

    with Ranks(work) as ranks:
        pids = ranks.ask("right")
        with pytest.raises(RefusedError, match="wrong"):
            ranks.ask("wrong")
        assert not ranks.there and not any(map(runs, pids))


@forks
@pytest.mark.parametrize(
    ("error", "kind"), [(RefusedError("no"), RefusedError), (OSError("no disk"), RaisedError)]
)
def test_what_a_rank_raises_is_raised(error: Exception, kind: type[Exception]) -> None:
    def work() -> None:
        raise error

    with pytest.raises(kind, match="no"):
        on_ranks(work)


@forks
def test_ranks_meet_where_files_have_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create")
    assert on_ranks(torch.distributed.get_rank) == [0, 1]
