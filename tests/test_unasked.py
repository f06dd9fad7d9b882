"""What a module has besides what its name asks about is told, with what to say."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.verify.candidates.describing import targets_of, unasked
from lawful.verify.errors import Unanswerable

OWN = "import torch\nclass Own(torch.optim.SGD): pass\n"


def test_optimizers_whose_names_are_no_rules_are_told(tmp_path: Path) -> None:
    place = tmp_path / "mine.py"
    place.write_text(OWN + "from torch.optim import SGD\n")
    assert targets_of(str(place)) == [f"{place}:SGD"] and unasked(str(place)) == {
        f"{place}:Own": "its name is no rule's"
    }
    assert unasked("bundled") == unasked("adamw") == unasked("torch.optim:SGD") == {}
    place = tmp_path / "own.py"
    place.write_text(OWN)
    with pytest.raises(Unanswerable, match=r"\(it has Own\); say"):
        targets_of(str(place))


def test_the_report_says_how_to_ask_them(
    tmp_path: Path, lawful: Callable[..., CompletedProcess[str]]
) -> None:
    (tmp_path / "mine.py").write_text(OWN + "from torch.optim import SGD\n")
    done = lawful(tmp_path, "check", "mine.py", "--property", "defaults", "--quiet")
    full = lawful(tmp_path, "report", ".lawful/record.jsonl")
    assert done.returncode == 0 and "mine.py:SGD: lawful" in done.stdout and not done.stderr
    assert "mine.py:Own --rule RULE" in " ".join(full.stdout.split())
