"""A record with one of everything, and what reads a report as a browser or a terminal does."""

import math
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from lawful.reports.mathematics import rule_text
from lawful.reports.model import Report
from lawful.reports.record import Record
from lawful.reports.session import Session
from lawful.reports.terminal import show
from lawful.verify.evidence import (
    Check,
    Counterexample,
    Evidence,
    Figure,
    Finding,
    Series,
    Verdict,
)
from lawful.verify.language.families import find_rule
from lawful.verify.theory.proof import Proof

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
