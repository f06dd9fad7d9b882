"""What is not there is refused before there are workers; what may be there is left to them."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from lawful.optimizers import available
from lawful.properties.checks import properties
from lawful.verify.errors import Unanswerable
from lawful.verify.front import names
from lawful.verify.front.glance import refuse_at_a_glance
from lawful.verify.language.families import rules as families
from lawful.verify.language.families import transformations
from lawful.verify.theory.law import laws
from lawful.verify.workers.pool import Pool

OPTIMIZERS = """
import torch
from torch.optim import Adam as Imported

class Plain(torch.optim.SGD):
    pass

made = torch.optim.SGD
"""
DYNAMIC = ["from torch.optim import *", "globals()['Plain'] = 3", "def __getattr__(name): return made"]


def test_names_that_are_read_are_those_that_are_imported() -> None:
    assert names.rule_names() == {family.name for family in families().values()}
    assert names.transformation_names() == {one.name for one in transformations().values()}
    assert names.bundled_names() == set(available())
    assert names.property_names() == {*properties(), *laws()}


@pytest.fixture
def optimizers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "optimizers_at_a_glance.py").write_text(OPTIMIZERS)
    return tmp_path / "optimizers_at_a_glance.py"


@pytest.mark.parametrize("name", ["Plain", "Imported", "made", "Nothing_like_them"])
def test_what_may_be_there_is_not_refused(optimizers: Path, name: str) -> None:
    rules = ["sgd(nesterov=True)", "my.rules:RULE", "LBFGS", "lookahead(adamw, k=6)"]
    refuse_at_a_glance([f"{optimizers.name}:{name}"], rules, ["conf*"])


@pytest.mark.parametrize("line", DYNAMIC)
def test_what_a_module_may_make_is_not_refused(optimizers: Path, line: str) -> None:
    optimizers.write_text(OPTIMIZERS.replace("class Plain", "class Plane"))
    with pytest.raises(Unanswerable, match="did you mean Plane"):
        refuse_at_a_glance([f"{optimizers.name}:Plain"])
    optimizers.write_text(OPTIMIZERS.replace("class Plain", "class Plane") + line)
    refuse_at_a_glance([f"{optimizers.name}:Plain"])


@pytest.mark.parametrize(
    "target", ["torch.optim:SGD", "torch.optim.adam:Adam", "torch.optim", "bundled", "adamw", "math:sin"]
)
def test_what_is_installed_is_not_refused(target: str) -> None:
    refuse_at_a_glance([target])


@pytest.mark.parametrize(
    "question",
    [
        "check nosuch.py:SGD", "check adamm", "check torch.optim:SGD --rule sdg", "check torch.optim:Adamm",
        "check torch.optim:SGD --property conformnce", "identify adamm", "race reddi1 --optimizers adamm",
    ],
)  # fmt: skip
def test_there_is_no_worker_where_a_name_says_it(
    tmp_path: Path,
    lawful: Callable[..., CompletedProcess[str]],
    monkeypatch: pytest.MonkeyPatch,
    question: str,
) -> None:
    def none(*_: Any) -> None:
        pytest.fail("a pool was started")

    monkeypatch.setattr(Pool, "__init__", none)
    ended = lawful(tmp_path, *question.split())
    assert ended.returncode == 2 and ended.stderr.count("\n") == 1
