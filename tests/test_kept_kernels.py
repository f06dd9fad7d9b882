"""What was compiled serves the next process, and says the same to the last bit; what is no kernel is made anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from lawful.verify.language.families import find_rule
from lawful.verify.language.rule import Rule
from lawful.verify.oracle import program
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.fused import keeping, running
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.variants.mutants import mutants

pytest.importorskip("llvmlite")

STEPS = 4
Made = list[object]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LAWFUL_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """A list to which each step that is compiled is added; all programs begin anew."""
    found: Made = []
    compiled: Callable[..., running.Kernel] = running.compiled
    monkeypatch.setattr(
        running, "compiled", lambda recording: (found.append(recording), compiled(recording))[1]
    )
    monkeypatch.setattr(program, "PROGRAMS", {})
    yield found


def values(rule: Rule, patience: float, dtype: torch.dtype = torch.float32) -> list[torch.Tensor]:
    """Values and budgets after each step, in what is another process as far as programs go."""
    program.PROGRAMS.clear()
    oracle, hyper = Oracle(rule, FORMATS[dtype], patience), dict(rule.defaults)
    state, found = oracle.start(torch.linspace(-1, 1, 19, dtype=dtype), hyper), []
    for step in range(1, STEPS + 1):
        state = oracle.step(state, torch.linspace(0.1, step, 19, dtype=dtype), hyper)
        found += [torch.as_tensor(state.x.mid), torch.as_tensor(state.x.radius)]
    return found


def same(ones: list[torch.Tensor], others: list[torch.Tensor]) -> bool:
    return all(torch.equal(a.nan_to_num(7.0), b.nan_to_num(7.0)) for a, b in zip(ones, others, strict=True))


@pytest.mark.parametrize("dtype", FORMATS, ids=str)
@pytest.mark.parametrize("rule", ["adamw", "sgd(nesterov=True)", "lion"])
def test_what_was_compiled_once_is_found_and_says_the_same(
    folder: Path, made: Made, rule: str, dtype: torch.dtype
) -> None:
    first = values(find_rule(rule), 0.0, dtype)
    assert made and list(folder.rglob("*"))
    made.clear()
    assert same(values(find_rule(rule), 1.0, dtype), first) and not made
    assert any(
        f.kernels for p in program.PROGRAMS.values() for c in p._cases.values() for f in c.fused.values()
    )


def test_without_a_folder_nothing_is_found(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAWFUL_CACHE", "")
    for _ in range(2):
        made.clear()
        values(find_rule("adamw"), 0.0)
        assert made


def test_no_mutant_finds_what_its_rule_left(folder: Path, made: Made) -> None:
    rule = find_rule("adamw")
    values(rule, 0.0)
    for mutant in [each.rule for each in mutants(rule)][:20]:
        found = values(mutant, 1.0)
        assert same(found, values(mutant, float("inf")))


@pytest.mark.parametrize("left", [b"", b"no pickle", b"\x80\x04N."])
def test_what_cannot_be_read_is_made_anew(folder: Path, made: Made, left: bytes) -> None:
    first = values(find_rule("adamw"), 0.0)
    kept = [path for path in folder.rglob("*") if path.is_file()]
    for path in kept:
        path.write_bytes(left)
    made.clear()
    assert same(values(find_rule("adamw"), 0.0), first) and made
    assert all(path.read_bytes() != left for path in kept)


def test_a_folder_that_cannot_be_written_to_is_no_fault(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("LAWFUL_CACHE", str(tmp_path / "a file"))
    values(find_rule("adamw"), 0.0)
    assert made


def test_what_other_sources_left_long_ago_is_deleted(folder: Path) -> None:
    old, new = (folder / keeping.KERNELS / name for name in ("old", "new"))
    for each in (old, new):
        each.mkdir(parents=True)
    os.utime(old, (0, 0))
    keeping.write("key", [1])
    assert not old.exists() and new.exists() and keeping.read("key") == [1]


def test_other_sources_or_versions_have_a_folder_of_their_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.write("key", [1])
    assert keeping.read("key") == [1] and keeping.read("another") == []
    keeping._made_with.cache_clear()
    monkeypatch.setattr(keeping, "version", lambda name: "another")
    try:
        assert keeping.read("key") == []
    finally:
        keeping._made_with.cache_clear()
