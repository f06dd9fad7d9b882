"""Releases in environments of their own, and the one in which an answer changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from math import ceil, log2
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from examples.packages import DYING, RIGHT, WRONG, wheel
from lawful.reports.atlas.data import Atlas
from lawful.verify.atlas.bisecting import Bisection
from lawful.verify.atlas.index import with_latest
from lawful.verify.atlas.plan import release
from lawful.verify.atlas.query import CLASSES, Query
from lawful.verify.candidates.describing import own
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict

Lawful = Callable[..., "CompletedProcess[str]"]


@pytest.mark.parametrize("first", [1, 2, 50, 99])
@pytest.mark.parametrize("old", [0, 30])
def test_bisection_finds_the_release(first: int, old: int) -> None:
    """Releases before `old` cannot be asked, nor can two within; the answer changes at `first`, and not otherwise."""
    versions = [str(i) for i in range(100)]
    lost = {*versions[:old], "40", "41"}
    search = Bisection(versions, lambda v: None if v in lost else "new" if int(v) >= first else "old")
    assert search.run() == ((str(first - 1), str(first)) if first > old else None)
    assert len(search.told) <= 2 * ceil(log2(100)) + 4


def test_bisection_goes_around_what_cannot_be_asked() -> None:
    told = {"1": "a", "2": None, "3": None, "4": "b"}
    assert Bisection(list(told), told.__getitem__).run() == ("1", "4")
    assert Bisection(["2", "3"], told.__getitem__).run() is None
    assert Bisection(["1"], told.__getitem__).run() is None


def test_a_module_has_the_optimizers_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "others.py").write_text("from torch.optim import SGD, Optimizer\n")
    (tmp_path / "twice.py").write_text(
        "from torch.optim import SGD\nclass A(SGD): pass\nB = A\nclass _C(A): pass\n"
    )
    assert {"torch.optim:AdamW", "torch.optim:SGD"} < set(own("torch.optim")) and own("twice") == ["twice:A"]
    with pytest.raises(Unanswerable, match="others has no optimizer of its own"):
        own("others")


needs_uv = pytest.mark.skipif(
    find_spec("uv") is None and shutil.which("uv") is None, reason="uv is not installed"
)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that serves as the index, and a cache of environments."""
    folder = tmp_path / "wheels"
    for tool in ("UV", "PIP"):
        monkeypatch.setenv(f"{tool}_FIND_LINKS", str(folder))
        monkeypatch.setenv(f"{tool}_NO_INDEX", "1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for version, body in {"1.0": RIGHT, "1.1": RIGHT, "2.0": WRONG, "2.1": DYING}.items():
        wheel(folder, version, body)
    wheel(folder, "2.2", "", module="import nothing_of_that_name\n")
    return folder


@needs_uv
def test_releases_are_asked_in_environments_of_their_own(index: Path, lawful: Lawful) -> None:
    plan = '[package.decayed]\nversions = ["1.0", "2.1", "2.2", "9.9"]\ntargets = ["decayed"]\nask = ["contract"]\n'
    (index.parent / "plan.toml").write_text(f'dtypes = ["float32"]\ntimeout = 300\n{plan}')
    done = lawful(index.parent, "atlas", "plan.toml", "-o", "out")
    assert done.returncode == 0, done.stderr
    found = Atlas.opened(index.parent / "out").rows
    said = {one.version: one for one in found}
    assert said["1.0"].verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE) and len(found) > 10
    assert "exit code 7" in said["2.1"].said
    assert (said["2.2"].property, said["9.9"].property) == ("import", "install")
    assert "nothing_of_that_name" in said["2.2"].said and "decayed==9.9" in said["9.9"].said


def test_the_newest_releases_are_added(index: Path) -> None:
    old = release("decayed", "1.0", ["some==1.0"]), release("local", "1.0", source="here")
    plan = [Query(one, f"decayed:{name}", CLASSES) for one in old for name in ("Plain", "Other")]
    added = with_latest(plan)[len(plan) :]
    assert {one.release.requirements for one in added} == {("decayed==2.2", "some==1.0")} and len(added) == 2
    assert with_latest([*plan, *added]) == [*plan, *added]


def test_an_unknown_version_or_package_is_refused(index: Path, lawful: Lawful) -> None:
    done = lawful(index.parent, "bisect", "decayed:Plain", "--from", "1.5")
    assert done.returncode == 2 and "did you mean" in done.stderr
    done = lawful(index.parent, "bisect", "nothing-of-that-name:Plain")
    assert done.returncode == 2 and "no versions of nothing-of-that-name are known" in done.stderr


@needs_uv
def test_bisect_finds_the_wrong_decay(index: Path, lawful: Lawful) -> None:
    done = lawful(index.parent, "bisect", "decayed:Plain", "--from", "1.1", "--to", "2.0", "--timeout", "300")
    assert done.returncode == 1, done.stderr
    assert "decayed:Plain changed in 2.0; 2 of 2 releases were asked." in done.stdout
    assert "1.1: sgd" in done.stdout and '2.0: decayed(sgd)(decay_order="after")' in done.stdout


@pytest.mark.parametrize("target", ["decayed", ":Plain", "decayed:"])
def test_what_is_bisected_is_a_class_of_a_package(tmp_path: Path, lawful: Lawful, target: str) -> None:
    done = lawful(tmp_path, "bisect", target)
    assert done.returncode == 2 and "PACKAGE:CLASS" in done.stderr
