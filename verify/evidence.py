"""What a check was, what it saw, and what follows: the data that workers return, the record keeps and reports draw.

Plain frozen dataclasses of JSON values, so that one encoder serves the pipe, the record and every report.
"""

import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a check concludes; ordered from the one that needs no attention to the one that needs most."""

    NOT_APPLICABLE = "not applicable"
    LAWFUL = "lawful"
    INCONCLUSIVE = "inconclusive"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    UNLAWFUL = "unlawful"

    @property
    def rank(self) -> int:
        """How much attention it needs."""
        return list(Verdict).index(self)

    @property
    def exit_code(self) -> int:
        """0 lawful or not applicable, 1 unlawful, 3 inconclusive, crashed or timed out."""
        return {Verdict.LAWFUL: 0, Verdict.NOT_APPLICABLE: 0, Verdict.UNLAWFUL: 1}.get(self, 3)


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict; inconclusive if there is none, or none that applied: nothing was tested."""
    worst = max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.NOT_APPLICABLE)
    return Verdict.INCONCLUSIVE if worst is Verdict.NOT_APPLICABLE else worst


UNCLAIMED = "no rule"  # what stands for the rule in a check of a candidate that claims none


class Question(StrEnum):
    """What a check asks, and what a finding is about; each has a severity of its own.

    Formula: whether a candidate follows its rule where no intermediate of any admissible form leaves the format's
    range. Precision and range: whether it loses digits, or overflows, where the rule need not; told, but no reason to
    say that it does not follow its rule. Contract: which promises of its kind it breaks.
    """

    FORMULA = "formula"
    CONTRACT = "contract"
    RANGE = "range"
    PRECISION = "precision"


@dataclass(frozen=True)
class Check:
    """One question: does this candidate, run this way, have this property?

    Attributes:
        property: `conformance`, `quiet`, or the name of a law.
        rule: the rule with its conventions, as `find_rule` reads it.
        target: `package.module:Class`, `file.py:Class` or a bundled name.
        path: `loop`, `foreach`, `fused` …, a way in which the candidate can run.
        dtype: of the parameters: `float64`, `float32`, `bfloat16`, `float16`.
        device: `cpu`, `cuda`, `cuda:1` …
        arguments: constructor arguments that the user fixed.
        names: the rule's word → the constructor's, where the user says it.
        question: what it asks.
    """

    property: str
    rule: str
    target: str
    path: str = "loop"
    dtype: str = "float32"
    device: str = "cpu"
    arguments: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    question: Question = Question.FORMULA

    @builtins.property
    def id(self) -> str:
        """`rule-target-path-dtype-device`, the name of the pytest item and of the row in the report."""
        return f"{self.rule}-{self.target.replace(':', '.')}-{self.path}-{self.dtype}-{self.device}"

    @builtins.property
    def key(self) -> str:
        """`property id`: what tells the checks of one session apart."""
        return f"{self.property} {self.id}"


@dataclass(frozen=True)
class Whole:
    """The tensor that a lane is in, where a rule looks at whole tensors.

    Attributes:
        x0: the parameter before the first step, as nested lists.
        gradients: likewise, up to and with the failing step.
        lane: the lane's index among the elements.
    """

    x0: list[Any] | float
    gradients: list[Any]
    lane: int = 0


@dataclass(frozen=True)
class Counterexample:
    """The smallest lane that was found on which the candidate leaves the budget, with all that a repeat needs.

    Attributes:
        constructor: the arguments of the candidate's constructor.
        x0: the lane's parameter before the first step.
        gradients: the lane's gradients up to and with the failing step.
        schedule: step → hyperparameters changed before that step.
        step: the first step beyond the budget, from 1.
        lane: the lane's index in its tensor.
        found: where it was found, in words.
        expected: the rule's value, from the second oracle where it confirmed it.
        seen: the candidate's value.
        budget: how far a correct implementation may be from `expected`.
        ratio: |seen − expected| / budget.
        confirmed: whether ball arithmetic agreed with the screening oracle.
        seed: of the scenario.
        whole: the tensor around the lane; None where the rule takes each lane alone.
        elements: how many times the lane stands in its tensor, where the rule takes each lane alone.
        before: how many other tensors, of ones with gradients of ones, the optimizer has before it.
        after: and how many after it.
        tensor: the constructor's argument that is handed over as a tensor, or "".
        alone: whether this much was seen to show it; if not, it needs the other tensors that were there.
    """

    constructor: dict[str, Any]
    x0: float
    gradients: list[float]
    schedule: dict[int, dict[str, Any]]
    step: int
    lane: int
    found: str
    expected: float
    seen: float
    budget: float
    ratio: float
    confirmed: bool
    seed: int = 0
    whole: Whole | None = None
    elements: int = 1
    before: int = 0
    after: int = 0
    tensor: str = ""
    alone: bool = False

    @builtins.property
    def context(self) -> Whole:
        """The least tensor in which the lane can be run again."""
        n = self.elements
        return self.whole or Whole([self.x0] * n, [[gradient] * n for gradient in self.gradients], self.lane)


@dataclass(frozen=True)
class Finding:
    """A check that failed, in a sentence, with its counterexample where it has one.

    Attributes:
        message: the sentence.
        counterexample: the smallest inputs that show it.
        details: more lines.
        question: what it is about, if that is not what its check asks; a check that finds nothing else is lawful.
    """

    message: str
    counterexample: Counterexample | None = None
    details: str = ""
    question: Question | None = None


@dataclass(frozen=True)
class Series:
    """One line of a figure, or its points alone."""

    name: str
    x: list[float]
    y: list[float]
    points: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure as data; the report draws it.

    Attributes:
        title, x, y: what it shows, and what its axes are.
        series: its lines.
        shares: whether both axes run from 0 to 1, and closer to either end than a linear scale shows.
    """

    title: str
    x: str
    y: str
    series: list[Series]
    shares: bool = False


@dataclass(frozen=True)
class Evidence:
    """What a check saw.

    Attributes:
        verdict: what follows from it.
        worst: the largest deviation seen, in units of the error budget (for statistical laws: of the bound).
        median: the median deviation in the same units, over comparisons with a budget above 0.
        comparisons: how many values were compared.
        no_verdict: how many of them had an infinite budget.
        scenarios: how many trajectories' sets of hyperparameters were drawn.
        exercised: option → how it was varied, in words.
        unvaried: arguments that no check varies, for the rule does not know them.
        notes: conventions noticed, refusals, options left alone: what the reader should know though nothing failed.
        findings: what failed.
        figures: what can be drawn of it.
        known: why the project accepts the findings; "" if it does not, or there are none.
        seconds: wall time of the check in its worker.
        arithmetic: what is narrower than the parameters' dtype, in words: `computed in float32`; "" if nothing is.
    """

    verdict: Verdict
    worst: float = 0.0
    median: float = 0.0
    comparisons: int = 0
    no_verdict: int = 0
    scenarios: int = 0
    exercised: dict[str, str] = field(default_factory=dict)
    unvaried: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    known: str = ""
    seconds: float = 0.0
    arithmetic: str = ""

    @property
    def beside(self) -> bool:
        """Whether there are findings, but none that the verdict rests on."""
        return self.verdict is Verdict.LAWFUL and bool(self.findings)

    @property
    def counted(self) -> Verdict:
        """The verdict as it counts for the whole: what is known and accepted does not."""
        return Verdict.NOT_APPLICABLE if self.known else self.verdict


@dataclass(frozen=True)
class Proof:
    """How a law was proved, and what its neighbour and the second check said.

    Attributes:
        law: the law's name.
        kind: equivalence, separation, closed form, convergence …
        statement, formula: the law in a sentence, and as LaTeX.
        source: where it is stated.
        proved: whether the proof went through.
        steps: the proof, a line per step.
        confirmed: whether the second check, which shares no code with the proof, agrees.
        second_check: what it was, in words.
        refused, neighbour: whether the false neighbour was refused by the same procedure, and it in words.
        seconds: wall time of all three.
        proved_by, checked_by: the methods of the proof, and of the second check.
        role: `law`, or `lemma` if it speaks of no rule.
        rules: for which rules exactly, with what was put in for their symbols.
        given: what the symbols may be.
        not_where: where it says nothing.
        coqc, uncertified: the version that was asked about its theorem, if any, and why it did not certify it.
    """

    law: str
    kind: str
    statement: str
    formula: str
    source: str
    proved: bool
    steps: list[str]
    confirmed: bool
    second_check: str
    refused: bool
    neighbour: str
    seconds: float = 0.0
    proved_by: str = ""
    checked_by: str = ""
    role: str = "law"
    rules: list[str] = field(default_factory=list)
    given: str = ""
    not_where: list[str] = field(default_factory=list)
    coqc: str = ""
    uncertified: str = ""

    @property
    def verdict(self) -> Verdict:
        """Lawful if proved, confirmed and its neighbour refused; else inconclusive."""
        return Verdict.LAWFUL if self.proved and self.confirmed and self.refused else Verdict.INCONCLUSIVE
