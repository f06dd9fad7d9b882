"""What a check was, what it saw, and what follows, as plain frozen dataclasses of JSON values, so that one encoder
serves the pipe from workers, the record and every report."""

import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any


class Ranked(StrEnum):
    """Words in an order."""

    @property
    def rank(self) -> int:
        """Its place among them, from 0."""
        return list(type(self)).index(self)


class Verdict(Ranked):
    """What a check concludes; ordered from the one that needs no attention to the one that needs most."""

    NOT_APPLICABLE = "not applicable"
    LAWFUL = "lawful"
    INCONCLUSIVE = "inconclusive"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    UNLAWFUL = "unlawful"

    @property
    def exit_code(self) -> int:
        """0 lawful or not applicable, 1 unlawful, 3 inconclusive, crashed or timed out."""
        return {Verdict.LAWFUL: 0, Verdict.NOT_APPLICABLE: 0, Verdict.UNLAWFUL: 1}.get(self, 3)


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst verdict; inconclusive if there is none, or none that applied: nothing was tested."""
    worst = max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.NOT_APPLICABLE)
    return Verdict.INCONCLUSIVE if worst is Verdict.NOT_APPLICABLE else worst


UNCLAIMED = "no rule"  # what stands for the rule in a check of a candidate that claims none


class Profile(StrEnum):
    """How much is drawn."""

    QUICK = "quick"
    DEFAULT = "default"
    THOROUGH = "thorough"


class Dtype(StrEnum):
    """The formats of parameters, the finest first."""

    FLOAT64 = "float64"
    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class Severity(Ranked):
    """How grave it is to lack a property; the gravest first.

    Core: following the claimed rule. Contract: a promise that users of torch.optim.Optimizer rely on. Extra: what
    hardly anybody uses, as complex parameters.
    """

    CORE = "core"
    CONTRACT = "contract"
    EXTRA = "extra"


class Question(StrEnum):
    """What a departure from a rule is a matter of.

    Formula: where no intermediate of any admissible form leaves the format's range, the rule is not followed. Precision
    and range: digits are lost, or the range is left, where the rule need not; told, but no reason to say that a rule is
    not followed.
    """

    FORMULA = "formula"
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
        severity: how grave it is to fail it.
        sentence: what must hold.
        kind: what the target is: an `optimizer` in torch's manner, a `scheduler`, an `array optimizer` of another make.
    """

    property: str
    rule: str
    target: str
    path: str = "loop"
    dtype: str = "float32"
    device: str = "cpu"
    arguments: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    severity: Severity = Severity.CORE
    sentence: str = ""
    kind: str = "optimizer"

    @builtins.property
    def subject(self) -> str:
        """`rule-target`."""
        return f"{self.rule}-{self.target.replace(':', '.')}"

    @builtins.property
    def id(self) -> str:
        """`rule-target-path-dtype-device`, the name of the pytest item and of the row in the report."""
        return f"{self.subject}-{self.path}-{self.dtype}-{self.device}"

    @builtins.property
    def key(self) -> str:
        """`property id`: what tells the checks of one session apart."""
        return f"{self.property} {self.id}"


@dataclass(frozen=True)
class Whole:
    """The tensor that a lane is in, where a rule looks at whole tensors; or several, where it looks at all.

    Attributes:
        x0, gradients: the parameter before the first step, as nested lists; gradients, up to and with the failing step.
        lane, pieces: the lane's index among the elements; of several tensors in a row, how many elements each has.
    """

    x0: list[Any] | float
    gradients: list[Any]
    lane: int = 0
    pieces: tuple[int, ...] = ()

    def cut(self, values: Any) -> list[Any]:
        """The first value, or a gradient, of each tensor."""
        rest = iter(values) if self.pieces else ()
        return [list(islice(rest, size)) for size in self.pieces] or [values]


@dataclass(frozen=True)
class Counterexample:
    """The smallest lane that was found on which the candidate leaves the budget, with all that a repeat needs.

    Attributes:
        constructor: the arguments of the candidate's constructor.
        x0, gradients: the lane's parameter before the first step; its gradients, up to and with the failing step.
        schedule: step → hyperparameters changed before that step.
        step, lane: the first step beyond the budget, from 1; the lane's index in its tensor.
        found: where it was found, in words.
        expected, seen: the rule's value, from the second oracle where it confirmed it; the candidate's.
        budget, ratio: how far a correct implementation may be from `expected`; |seen − expected| / budget.
        confirmed, seed: whether ball arithmetic agreed with the screening oracle; that of the scenario.
        whole: the tensor around the lane; None where the rule takes each lane alone.
        elements: how many times the lane stands in its tensor, where the rule takes each lane alone.
        before, after: how many other tensors, of ones with gradients of ones, the optimizer has before and after it.
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
        details, script: more lines; and a program of a few lines that shows it, and needs neither this nor inputs.
        question: what a departure is a matter of, if not of the formula; a check that finds nothing else is lawful.
        cause: in words, why the rule is not followed: `decay of the updated weight instead of decay of the old weight`.
        path: the way to run that shows it, where its check ran several.
        refusable: whether a clear refusal would be as good as to do it right.
    """

    message: str
    counterexample: Counterexample | None = None
    details: str = ""
    script: str = ""
    question: Question | None = None
    cause: str = ""
    path: str = ""
    refusable: bool = False

    @property
    def sentence(self) -> str:
        """The cause, if it is known, and what was seen."""
        return f"{self.cause}: {self.message}" if self.cause else self.message


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
        worst, median: the largest deviation, and the median where there is a budget, in units of it, or of a bound.
        comparisons, no_verdict: how many values were compared, and how many of them had an infinite budget.
        scenarios: how many trajectories' sets of hyperparameters were drawn.
        exercised: option → how it was varied, in words.
        unvaried: arguments that no check varies, for the rule does not know them.
        off: what the candidate is judged without, though it is on by default: `max_grad_norm is 0.0 (1.0 by default)`.
        notes: conventions noticed, refusals, options left alone: what the reader should know though nothing failed.
        findings, figures: what failed, and what can be drawn.
        known: why the project accepts the findings; "" if it does not, or there are none.
        seconds: of wall time.
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
    off: list[str] = field(default_factory=list)
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
        """The verdict as it counts for the whole: what is known and accepted is no fault."""
        return Verdict.LAWFUL if self.known else self.verdict
