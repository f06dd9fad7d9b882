"""What is drawn hangs on the candidate and the seed alone."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType

import pytest

from lawful.properties.scenarios import drawing
from lawful.properties.scenarios.scenarios import Scenario
from lawful.verify.candidates.candidate import Candidate

OTHER = f"B = {list(range(1000, 1500))}\n"
"""Numbers that a scenario may be seeded with."""


def seen(monkeypatch: pytest.MonkeyPatch, file: Path, constants: str) -> list[Scenario]:
    """What is drawn while a module of the user's is loaded."""
    file.write_text(constants)
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    monkeypatch.setitem(sys.modules, file.stem, module)
    monkeypatch.setattr(drawing, "DRAWN", {})
    candidate = Candidate.of("torch.optim:AdamW", "adamw")
    return list(drawing.asked(candidate, drawing.Profile(40, 3, (6, 10)), seed=0))


@pytest.fixture
def files(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two modules that Hypothesis does not take for tests."""
    from hypothesis.internal.conjecture import providers

    monkeypatch.setattr(providers, "is_local_module_file", lambda path: path in map(str, found))
    found = [tmp_path_factory.mktemp("user") / name for name in ("early.py", "late.py")]
    return found


def test_it_does_not_hang_on_the_modules_that_are_loaded(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    early, late = files
    before = seen(monkeypatch, early, "A = 3\n")
    assert seen(monkeypatch, late, OTHER) == before


def test_left_to_itself_hypothesis_reads_them(files: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_by_the_seed_alone", nullcontext)
    early, late = files
    before = seen(monkeypatch, early, "A = 3\n")
    assert seen(monkeypatch, late, OTHER) != before
