"""What a module has besides what its name asks about is told, with what to say."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lawful.verify.candidates.describing import listed
from lawful.verify.errors import Unanswerable

OWN = "import torch\nclass Own(torch.optim.SGD): pass\n"


def test_optimizers_whose_names_are_no_rules_are_told(tmp_path: Path) -> None:
    place = tmp_path / "beside_others.py"
    place.write_text(OWN + "from torch.optim import SGD\n")
    found = listed(str(place))
    assert found.asked == [f"{place}:SGD"] and found.unasked == {f"{place}:Own": "its name is no rule's"}
    assert not any(listed(word).unasked for word in ("bundled", "adamw", "torch.optim:SGD"))
    place = tmp_path / "all_alone.py"
    place.write_text(OWN)
    with pytest.raises(Unanswerable, match=r"\(it has Own\); say"):
        listed(str(place))


def test_the_report_says_how_to_ask_them(
    tmp_path: Path, lawful: Callable[..., CompletedProcess[str]]
) -> None:
    (tmp_path / "mine.py").write_text(OWN + "from torch.optim import SGD\n")
    done = lawful(tmp_path, "check", "mine.py", "--property", "defaults", "--quiet")
    full = lawful(tmp_path, "report", ".lawful/record.jsonl")
    assert done.returncode == 0 and "mine.py:SGD: lawful" in done.stdout and not done.stderr
    assert "mine.py:Own --rule RULE" in " ".join(full.stdout.split())
