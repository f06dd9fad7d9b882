"""The record keeps what happened and notices changes; the reports say it, whatever a candidate said."""

import json
import math
import re
import runpy
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from lawful.reports.document import document, load
from lawful.reports.encoding import decode, encode, restore
from lawful.reports.html import html
from lawful.reports.markdown import markdown
from lawful.reports.mathematics import algorithm, rule_text
from lawful.reports.mathml import mathml
from lawful.reports.model import Report, Result
from lawful.reports.notation import line_text
from lawful.reports.progress import Live
from lawful.reports.record import Record, read
from lawful.reports.script import script
from lawful.reports.session import Session
from lawful.reports.tables import show_proof, show_rule, show_rules
from lawful.reports.terminal import show
from lawful.reports.words import count, number, ratio
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import (
    Check,
    Counterexample,
    Evidence,
    Figure,
    Finding,
    Proof,
    Series,
    Verdict,
    Whole,
)
from lawful.verify.language.families import find_rule, rules

HOSTILE = "<script>alert(1)</script> [red]x[/red] \x1b[2J |`*_ \ud800"
CHECK = Check("conformance", "adamw", "lib.optim:AdamW", "foreach", "float32")
EXAMPLE = Counterexample(
    {"lr": 0.1, "betas": [0.9, 0.99]}, 0.5, [1.0, -0.25], {2: {"lr": 0.05}}, 2, 0, "lane 7 of 64",
    0.25, math.nan, 1e-9, math.inf, True, 3,
)  # fmt: skip
LAWFUL = Evidence(Verdict.LAWFUL, worst=0.84, median=0.2, comparisons=3_100_000, scenarios=20, seconds=1.5)
UNLAWFUL = Evidence(
    Verdict.UNLAWFUL,
    worst=math.inf,
    comparisons=100,
    no_verdict=1,
    exercised={"maximize": "on and off"},
    notes=[HOSTILE],
    findings=[Finding("leaves the rule at step 2.", EXAMPLE), Finding(HOSTILE)],
    figures=[Figure(HOSTILE, "step", "$|x|$", [Series("seen", [1.0, 2.0, 3.0], [1.0, math.nan, 1e-9])])] * 2,
)
PROOF = Proof(
    "first_step", "closed form", "The first step is lr·g/(|g| + eps).",
    r"x_{1} = x - \frac{\eta g}{\left|{g}\right|}",
    "arXiv:1412.6980", True, ["Substitute t = 1."], True, "64 points", True, "without correction", 0.2,
)  # fmt: skip


def recorded(path: Path, *events: tuple[str, dict[str, Any]]) -> Path:
    with Record.open(path) as record:
        for event, payload in events:
            record.append(event, **payload)
    return path


def full(path: Path) -> Report:
    """A record with one of everything, read back."""
    other = Check("conformance", "adamw", "lib.optim:AdamW", "loop", "float32")
    events: list[tuple[str, dict[str, Any]]] = [
        ("session", {"session": Session(versions={"torch": "2.6"}, seed=3, flags=["avx2"])}),
        ("rule", {"rule": rule_text(find_rule("adamw"))}),
        ("proof", {"proof": PROOF}),
        ("started", {"check": CHECK}),
        ("started", {"check": other}),
        ("finished", {"check": other, "evidence": LAWFUL}),
        ("finished", {"check": CHECK, "evidence": UNLAWFUL}),
        ("end", {}),
    ]
    return Report.read(recorded(path, *events))


def printed(report: Report, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width)
    show(report, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


# ------------------------------------------------------------------------------------------ the record
def test_the_record_comes_back_as_it_was(tmp_path: Path) -> None:
    report = full(tmp_path / "new" / "record.jsonl")
    assert report.ended and not report.in_flight
    assert [result.check.path for result in report.results] == ["foreach", "loop"]
    evidence = report.results[0].evidence
    assert evidence.worst == math.inf and evidence.findings[0].message == UNLAWFUL.findings[0].message
    example = evidence.findings[0].counterexample
    assert example is not None and math.isnan(example.seen) and example.schedule == EXAMPLE.schedule
    assert report.proofs == [PROOF] and report.session.seed == 3


def test_every_flipped_byte_before_the_last_line_is_noticed(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "r", ("started", {"check": CHECK}), ("finished", {"evidence": LAWFUL}), ("end", {})
    )
    whole = path.read_bytes()
    for place in range(whole.rindex(b"\n", 0, -1)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Unanswerable, match=r"line \d"):
            read(path)


@pytest.mark.parametrize(
    "lines", [[0, 2], [1, 0, 2], [0, 1, 1, 2], [1, 2]], ids=["removed", "moved", "repeated", "beheaded"]
)
def test_removed_moved_and_repeated_lines_are_noticed(tmp_path: Path, lines: list[int]) -> None:
    path = recorded(tmp_path / "r", ("a", {}), ("b", {}), ("c", {}))
    old = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(old[line] for line in lines))
    with pytest.raises(Unanswerable, match=r"line \d"):
        read(path)


def test_a_torn_last_line_is_left_out_and_its_check_is_in_flight(tmp_path: Path) -> None:
    path = tmp_path / "r"
    events = ("started", {"check": CHECK}), ("finished", {"check": CHECK, "evidence": LAWFUL})
    recorded(path, *events)
    path.write_bytes(path.read_bytes()[:-40])
    report = Report.read(path)
    assert report.in_flight == [CHECK] and not report.results and not report.ended
    assert report.verdict is Verdict.INCONCLUSIVE and report.exit_code == 3
    assert "In flight when the run ended" in printed(report) and "In flight" in html(report)


def test_a_check_run_twice_and_finished_once_is_in_flight_once(tmp_path: Path) -> None:
    twice = (
        ("started", {"check": CHECK}),
        ("finished", {"check": CHECK, "evidence": LAWFUL}),
        ("started", {"check": CHECK}),
    )
    assert Report.read(recorded(tmp_path / "r", *twice)).in_flight == [CHECK]


def test_an_event_that_lacks_what_it_must_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unanswerable, match="finished"):
        Report.read(recorded(tmp_path / "r", ("finished", {"check": CHECK})))
    with pytest.raises(Unanswerable, match="cannot be read"):
        read(tmp_path / "absent")


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, 1.5, {"float": "text"}, {"float": 1.0}, "NaN", [None, {"a": -0.0}]]
)
def test_json_values_survive(value: object) -> None:
    assert decode(encode(value)) == value


def test_nan_and_surrogates_are_strictly_valid_json() -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    line = encode({"nan": math.nan, "text": "\ud800", 3: (1, {2})})
    assert json.loads(line, parse_constant=refuse)["3"] == [1, [2]]
    assert math.isnan(decode(line)["nan"])


# ----------------------------------------------------------------------------------------- the verdict
@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([Verdict.LAWFUL, Verdict.NOT_APPLICABLE], 0),
        ([Verdict.NOT_APPLICABLE], 3),
        ([], 3),
        ([Verdict.LAWFUL, Verdict.INCONCLUSIVE], 3),
        ([Verdict.LAWFUL, Verdict.CRASHED], 3),
        ([Verdict.TIMED_OUT, Verdict.UNLAWFUL, Verdict.CRASHED], 1),
    ],
)
def test_exit_codes(verdicts: list[Verdict], code: int) -> None:
    report = Report(results=[Result(CHECK, Evidence(verdict)) for verdict in verdicts], ended=True)
    assert report.exit_code == code
    if verdicts:
        assert report.summaries[0].verdict == report.verdict


def test_a_run_that_did_not_end_is_not_lawful() -> None:
    assert Report(results=[Result(CHECK, LAWFUL)]).exit_code == 3
    assert Report(results=[Result(CHECK, UNLAWFUL)]).exit_code == 1


def test_nan_is_the_largest_deviation() -> None:
    results = [Result(CHECK, Evidence(Verdict.LAWFUL, worst=worst)) for worst in (0.5, math.nan, 2.0)]
    assert math.isnan(Report(results=results).summaries[0].worst)


# ------------------------------------------------------------------------------------------- renderers
def test_the_terminal_says_the_verdict_first_in_80_columns_without_escape_codes(tmp_path: Path) -> None:
    text = printed(full(tmp_path / "r"))
    first = " ".join(text.split())
    assert first.startswith(
        "✗ lib.optim:AdamW does not follow adamw: unlawful — 2 checks, 1 unlawful, 3.1 M comparisons"
    )
    assert "\x1b" not in text and "[red]x[/red]" in text
    assert "✓ 0.84" in text and "✗ ∞" in text and "lr=0.05" in text
    command = "  Repeat: lawful check lib.optim:AdamW --rule adamw --dtype float32 --profile default --seed 3"
    assert command in text.splitlines()  # whole, for the terminal to wrap
    long = ("  Repeat: ", "Record ", "sealed ")
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


class Page(HTMLParser):
    """Checks that elements are closed in order and collects what could load or run something."""

    VOID = ("meta", "input", "br", "wbr", "link", "img")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.suspects: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe", "object", "embed", "base", "form"):
            self.suspects.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (
                name in ("src", "href", "data", "action") and not (value or "").startswith("#")
            ):
                self.suspects.append(f"{tag} {name}={value}")
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.targets.append((value or "")[1:])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.remove(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_html_is_one_file_in_which_nothing_is_loaded_and_nothing_hostile_runs(tmp_path: Path) -> None:
    text = html(full(tmp_path / "r"))
    page = Page()
    page.feed(text)
    assert not page.open and not page.suspects
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


# ----------------------------------------------------------------------------------------- mathematics
def test_a_rule_reads_as_its_paper_prints_it() -> None:
    lion = [line_text(*line) for line in algorithm(find_rule("lion"))]
    assert lion == [
        "gₜ = ∇fₜ(xₜ₋₁)",
        "cₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ",
        "mₜ = β₂ mₜ₋₁ + (1 − β₂) gₜ",
        "xₜ = (1 − η λ) xₜ₋₁ − η sign(cₜ)",
    ]


@pytest.mark.parametrize("name", rules())
def test_a_printed_algorithm_computes_the_rule(name: str) -> None:
    """Substituted into each other, the lines give the rule's own next parameter and state again."""
    rule = rules()[name]()
    lines = algorithm(rule)
    defined = {left.name for left, _ in lines}
    for place, (_, right) in enumerate(lines):
        used = {symbol.name for symbol in right.free_symbols} & defined
        assert used <= {left.name for left, _ in lines[:place]}, "a line uses what a later one defines"
    values: dict[str, float] = {r"\nabla f_{t}(x_{t-1})": 0.7, "x_{t-1}": -0.3, "t": 3.0}
    inputs = {symbol.name: 0.1 + 0.07 * i for i, symbol in enumerate((*rule.hyperparameters, *rule.state))}
    from lawful.reports.mathematics import dated, written

    values |= {written(symbol): inputs[symbol.name] for symbol in rule.hyperparameters}
    values |= {dated(symbol, "t-1").name: inputs[symbol.name] for symbol in rule.state}
    for left, right in lines:
        values[left.name] = value(right, values)
    own = {**inputs, "g": 0.7, "x": -0.3, "t": 3.0}
    assert values["x_{t}"] == pytest.approx(value(rule.x, own), rel=1e-12)
    for symbol, expr in rule.state.items():
        assert values[dated(symbol, "t").name] == pytest.approx(value(expr, own), rel=1e-12)


def value(expr: object, named: dict[str, float]) -> float:
    """An expression with numbers for its symbols, on a tensor of one element; `clip` is what it says."""
    from sympy import Abs, Max, Min, Piecewise

    from lawful.reports.notation import clip
    from lawful.verify.language.tensors import (
        SIZES,
        ColMean,
        EverywhereMean,
        IfPositive,
        In8Bits,
        In32Bits,
        NewtonSchulz,
        NewtonSchulzInBfloat16,
        Norm,
        RowMean,
        Total,
    )

    plain = expr.replace(clip, lambda inner, bound: Min(bound, Max(inner, -bound)))  # type: ignore[attr-defined]
    for mean in (RowMean, ColMean, EverywhereMean, Total):
        plain = plain.replace(mean, lambda inner: inner)
    for kept in (In8Bits, In32Bits):
        plain = plain.replace(kept, lambda inner, *others: inner)
    for orthogonalized in (NewtonSchulz, NewtonSchulzInBfloat16):
        plain = plain.replace(orthogonalized, lambda inner, *others: sum(others, inner))
    plain = plain.replace(Norm, Abs).replace(IfPositive, lambda q, a, b: Piecewise((a, q > 0), (b, True)))
    numbers = {**dict.fromkeys((s.name for s in SIZES), 1), **named}
    return float(plain.subs({symbol: numbers[symbol.name] for symbol in plain.free_symbols}).evalf(20))


def test_mathml_is_well_formed_and_never_fails() -> None:
    for latex in [
        PROOF.formula, r"\frac{1}{", r"\left( a", r"\sqrt[3]{x}^{2}_1", r"\unknown <b>", r"}}^_", "\\",
        r"\begin{cases} a & b",
        r"\left\| x \right\|_2 \leq \max_{i} \operatorname{sign}{\left(x_i \right)}",
        *rule_text(find_rule("adopt")).algorithm,
    ]:  # fmt: skip
        page = Page()
        page.feed(mathml(latex))
        assert not page.open and not page.suspects
    assert "<mfrac>" in mathml(r"\frac{a}{b}") and "<b>" not in mathml("<b>") and "η" in mathml(r"\eta")


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
