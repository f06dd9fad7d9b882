"""The reports say what the record holds, whatever a candidate said."""

import json
import math
import re
import runpy
from base64 import b64encode
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from examples.reports import CHECK, LAWFUL, PROOF, Page, full, printed
from lawful.reports.document import document, load
from lawful.reports.html import html
from lawful.reports.markdown import markdown
from lawful.reports.model import Report
from lawful.reports.progress import Live
from lawful.reports.script import script
from lawful.reports.tables import show_proof, show_rule, show_rules
from lawful.reports.words import count, number, ratio
from lawful.verify.encoding import decode, encode, restore
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import (
    Check,
    Counterexample,
    Whole,
)
from lawful.verify.language.families import rules


def test_the_terminal_says_the_verdict_first_in_80_columns_without_escape_codes(tmp_path: Path) -> None:
    text = printed(full(tmp_path / "r"))
    first = " ".join(text.split())
    assert first.startswith(
        "✗ lib.optim:AdamW: unlawful ✗ It does not follow adamw on foreach in float32. It does on loop in float32, "
        "off by at most 0.84 of what rounding explains. 2 checks, 3.1 M comparisons"
    )
    assert "\x1b" not in text and "[red]x[/red]" in text
    assert "✓ 0.84" in text and "✗ ∞" in text and "lr=0.05" in text
    command = (
        "  Repeat: lawful check lib.optim:AdamW --rule adamw --property conformance --path foreach "
        "--dtype float32 --profile default --seed 3"
    )
    assert command in text.splitlines()  # whole, for the terminal to wrap
    long = ("  Repeat: ", "Record: ", "1 thing noticed ")
    assert max(len(line) for line in text.splitlines() if not line.startswith(long)) <= 80


def test_the_json_document_is_strict_and_comes_back(tmp_path: Path) -> None:
    report = full(tmp_path / "r")
    written = tmp_path / "report.json"
    written.write_bytes(document(report))
    said = json.loads(written.read_bytes(), parse_constant=lambda constant: pytest.fail(constant))
    assert said["verdict"] == "unlawful" and said["exit_code"] == 1
    assert document(load(written)) == document(report)
    written.write_text("{")
    with pytest.raises(Unanswerable, match="not a report"):
        load(written)


def test_the_html_is_one_file_in_which_nothing_is_loaded_and_nothing_hostile_runs(tmp_path: Path) -> None:
    text = html(full(tmp_path / "r"))
    page = Page()
    page.feed(text)
    assert not page.open and page.suspects == ["script"]  # our own, which the policy knows by its hash
    (code,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'" in text
    assert len(page.ids) == len(set(page.ids)) and set(page.targets) <= set(page.ids)
    assert "&lt;script&gt;alert(1)" in text and "\x1b" not in text
    assert not re.search(r"https?://|@import", text) and len(text) < 1_000_000
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text


def test_the_html_of_nothing_says_so() -> None:
    assert "Nothing was tested" in html(Report(ended=True))


def test_markdown_shows_hostile_text_as_it_is(tmp_path: Path) -> None:
    text = markdown(full(tmp_path / "r"))
    assert "| ✗ unlawful | lib.optim:AdamW | adamw | 2 | 3.1 M | ∞ |" in text
    assert "<script>" not in text and "\\<script\\>" in text


def test_progress_elsewhere_than_on_a_terminal_is_a_line_per_check() -> None:
    file = StringIO()
    with Live(Console(file=file, width=120), total=2) as live:
        live.started(CHECK)
        live.finished(CHECK, LAWFUL)
    assert file.getvalue().startswith(
        "[1/2] ✓ conformance adamw-lib.optim.AdamW-foreach-float32-cpu 0.84 1.5 s"
    )


def test_lists_fit_80_columns() -> None:
    file = StringIO()
    console = Console(file=file, width=80)
    show_proof(PROOF, console)
    show_rules(rules().values(), console)
    for family in rules().values():
        show_rule(family(), console)
    lines = file.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= 80 and any(
        "second check" in line and "agrees: 64 points" in line for line in lines
    )


def test_the_script_of_a_counterexample_runs_with_torch_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = Counterexample(
        {"lr": 0.1}, 0.5, [1.0, -0.25], {2: {"lr": 0.05}}, 2, 0, "lane 7", 0.4, math.inf, 1e-9, 3.0, True
    )
    (tmp_path / "case.py").write_text(
        script(Check("conformance", "sgd", "torch.optim:SGD", dtype="float64"), example)
    )
    runpy.run_path(str(tmp_path / "case.py"))
    assert "step 2 gives 0.4125" in capsys.readouterr().out
    mine = tmp_path / "mine.py"
    mine.write_text("from torch.optim import SGD as Mine")
    (tmp_path / "case.py").write_text(
        script(Check("conformance", "sgd", f"{mine}:Mine", dtype="float64"), example)
    )
    runpy.run_path(str(tmp_path / "case.py"))
    assert "step 2 gives 0.4125" in capsys.readouterr().out


def test_the_script_of_a_rule_that_looks_at_whole_tensors_holds_the_whole_tensor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """‖x‖ = 5 and ‖g‖ = 2: the rate is 0.1·5/2."""
    whole = Whole([[3.0, 4.0], [0.0, 0.0]], [[[2.0, 0.0], [0.0, 0.0]]], 0)
    example = Counterexample(
        {"lr": 1.0, "momentum": 0.0, "trust_coefficient": 0.1}, 3.0, [2.0], {}, 1, 0, "a tensor", 2.0, 2.5, 1e-9,
        3.0, True, 0, whole,
    )  # fmt: skip
    assert restore(Counterexample, decode(encode(example))) == example
    check = Check("conformance", "lars", "lawful.optimizers:LARS", dtype="float64")
    (tmp_path / "case.py").write_text(script(check, example))
    runpy.run_path(str(tmp_path / "case.py"))
    assert "step 1 gives 2.5\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ratio(0.99996), "0.99996"), (ratio(1.0), "1.00"), (ratio(1.0004), "1.0004"),
        (ratio(math.nan), "NaN"),
        (ratio(0.841), "0.84"), (number(2.016e9), "2.02e9"), (number(-math.inf), "−∞"), (number(0.0), "0"),
        (count(999), "999"), (count(31_400), "31,400"), (count(3_120_000), "3.1 M"),
    ],
)  # fmt: skip
def test_numbers_are_said_shortly_and_never_across_the_bound(said: str, expected: str) -> None:
    assert said == expected
