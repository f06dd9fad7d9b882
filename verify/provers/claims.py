"""What a law claims, as data. Two provers answer them, `algebra` and `arithmetic`.

Neither is known here, but in the words that say how each kind of claim is answered. A claim that speaks of what a rule
does names the run and stays silent about how to carry it out: the first unrolls the rule symbolically, the second runs
it on numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from sympy import Expr, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g
from lawful.verify.provers.answer import Answer
from lawful.verify.provers.changes import Change
from lawful.verify.provers.maps import Linearised
from lawful.verify.provers.runs import Run, Runs, any_step, g1, g2, g3, n, nth

__all__ = ["Answer", "Run", "Runs", "any_step", "g1", "g2", "g3", "n", "nth"]  # what claims are written with

Domain = Mapping[Symbol, tuple[Expr, Expr]]
"""Symbol → (lower, upper) end of the open interval in which it lies; `oo` is allowed as the upper end."""


@dataclass(frozen=True)
class Equal:
    """Two expressions are identically equal.

    Attributes:
        label: the claim in words.
        left, right: the expressions.
        runs: symbols of the expressions that stand for what a run ends with.
        where: symbols of the expressions that abbreviate something.
        over: the domain on which they are equal.
    """

    proved_by: ClassVar[str] = "identity"
    checked_by: ClassVar[str] = "exact points"

    label: str
    left: Expr
    right: Expr
    runs: Runs = field(default_factory=dict)
    where: Mapping[Symbol, Expr] = field(default_factory=dict)
    over: Domain = field(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """A quantity on which an inequality depends monotonically, and how large and small it can be."""

    quantity: Expr | Run
    low: Expr | None = None
    high: Expr | None = None


@dataclass(frozen=True)
class Positive:
    """An expression is positive on an open domain (not negative where `strict` is false).

    Attributes:
        label: the claim in words.
        expr: the expression.
        over: the domain of its symbols; those that are absent range over what they are declared to be.
        runs: symbols of `expr` that stand for the end of a run.
        through: a hint for the proof alone: symbol → bounds of the quantity that it stands for.
        written: a hint for the proof alone: `expr` in terms of the symbols of `through`.
        strict: whether 0 is excluded.
    """

    proved_by: ClassVar[str] = "positivity"
    checked_by: ClassVar[str] = "intervals, exact points"

    label: str
    expr: Expr
    over: Domain = field(default_factory=dict)
    runs: Runs = field(default_factory=dict)
    through: Mapping[Symbol, Bounds] = field(default_factory=dict)
    written: Expr | None = None
    strict: bool = True


@dataclass(frozen=True)
class Always:
    """Equations between the states of running systems that hold after every number of steps.

    Attributes:
        label: the claim in words.
        state: symbol → its next value, in the state before, the inputs and t.
        start: symbol → its value before the first step; 0 where absent.
        holds: symbol → what it always equals, in the other states, the constants and n.
        varying: inputs that are new at every step.
        divides: what is divided by in a step, as it was written, before values were put in.
        roots: what roots are taken of, likewise.
        special: whether it is a case of another claim, which answers for the signs of the state.
    """

    proved_by: ClassVar[str] = "induction"
    checked_by: ClassVar[str] = "exact runs"

    label: str
    state: Mapping[Symbol, Expr]
    start: Mapping[Symbol, Expr]
    holds: Mapping[Symbol, Expr]
    varying: Sequence[Symbol] = (g,)
    divides: Sequence[Expr] = ()
    roots: Sequence[Expr] = ()
    special: bool = False


@dataclass(frozen=True)
class Kept:
    """Quantities of running systems that are never negative, all together by induction over one step.

    Attributes:
        label: the claim in words.
        state: symbol → its next value, in the state before and the inputs.
        start: symbol → its value at first; 0 where absent.
        gaps: a name → the quantity that is never negative.
        because: a hint for the proof alone: a name → the next value of its quantity, as a sum of what is not
            negative, in the state before, the inputs and the names.
        over: the domain of the symbols.
        varying: inputs that are new at every step.
        divides, roots: as in `Always`.
    """

    proved_by: ClassVar[str] = "induction"
    checked_by: ClassVar[str] = "runs against the worst gradients"

    label: str
    state: Mapping[Symbol, Expr]
    start: Mapping[Symbol, Expr]
    gaps: Mapping[Symbol, Expr]
    because: Mapping[Symbol, Expr]
    over: Domain = field(default_factory=dict)
    varying: Sequence[Symbol] = (g,)
    divides: Sequence[Expr] = ()
    roots: Sequence[Expr] = ()


@dataclass(frozen=True)
class Stable:
    """A linear system tends to 0 from every start while a parameter is below a limit, and not if it is above.

    Attributes:
        label: the claim in words.
        system: symbol → its next value, linear in the symbols of the system.
        parameter: what decides; it is positive.
        limit: up to where the system is stable.
        over: the domain of the other symbols.
    """

    proved_by: ClassVar[str] = "Jury's conditions"
    checked_by: ClassVar[str] = "enclosed roots"

    label: str
    system: Mapping[Symbol, Expr]
    parameter: Symbol
    limit: Expr
    over: Domain = field(default_factory=dict)


@dataclass(frozen=True)
class Forced:
    """Differences that vanish for all values of some symbols only if the unknown is the solution, or never.

    Attributes:
        label: the claim in words.
        differences: polynomials in the symbols of `for_all`.
        for_all: the symbols that range over all reals.
        unknown: what is sought.
        solution: the one value that works; None if there is none.
        runs: symbols of the differences that stand for the end of a run.
    """

    proved_by: ClassVar[str] = "coefficients"
    checked_by: ClassVar[str] = "exact points"

    label: str
    differences: Sequence[Expr]
    for_all: Sequence[Symbol]
    unknown: Symbol
    solution: Expr | None
    runs: Runs = field(default_factory=dict)


@dataclass(frozen=True)
class Expansion:
    """expr = terms + O(variable^order) as the variable tends to 0 from above."""

    proved_by: ClassVar[str] = "series"
    checked_by: ClassVar[str] = "ball arithmetic"

    label: str
    expr: Expr
    variable: Symbol
    terms: Expr
    order: int


@dataclass(frozen=True)
class MeanStep:
    """From its stationary state, a rule with one state v moves x up on average, per unit of lr.

    Attributes:
        label: the claim in words.
        rule: the rule; x − its next value depends on g and v alone.
        noise: (value, probability) of the independent gradients.
        over: the domain of the symbols in `noise` and in the rule.
        towards: +1 if x goes up on average, −1 if down.
    """

    proved_by: ClassVar[str] = "mean over the noise"
    checked_by: ClassVar[str] = "enclosed drift"

    label: str
    rule: Rule
    noise: Sequence[tuple[Expr, Expr]]
    over: Domain
    towards: int = 1


@dataclass(frozen=True)
class Covariant:
    """A change of a rule's inputs changes its path in the same way.

    Attributes:
        label: the claim in words.
        rule: the rule.
        change: what happens to the weights and gradients.
        degrees: hyperparameter → the power of c by which it is multiplied.
        state: symbol of the state → how it changes: (power of c, 1 if its sign turns), or by how much it is shifted.
    """

    proved_by: ClassVar[str] = "weights of quantities"
    checked_by: ClassVar[str] = "ball arithmetic"

    label: str
    rule: Rule
    change: Change
    degrees: Mapping[Symbol, Expr] = field(default_factory=dict)
    state: Mapping[Symbol, tuple[Expr, Expr]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stored:
    """How many numbers a rule keeps for each parameter of a matrix.

    Attributes:
        label: the claim in words.
        rule: the rule.
        numbers: that, in `lawful.verify.language.tensors.rows` and `cols`.
    """

    proved_by: ClassVar[str] = "axes"
    checked_by: ClassVar[str] = "counted arrays"

    label: str
    rule: Rule
    numbers: Expr


@dataclass(frozen=True)
class Declared:
    """A running quantity has the sign that its symbol is declared to have, before the first step and after each.

    Attributes:
        label: the claim in words.
        symbol: the symbol, declared nonnegative or positive.
        start: its value before the first step.
        following: its next value, in the state before, the inputs, t and the hyperparameters.
        over: the domain of the other symbols.
        within: that of hyperparameters for which no other is named: low ≤ h < high.
    """

    proved_by: ClassVar[str] = "signs"
    checked_by: ClassVar[str] = "exact points"

    label: str
    symbol: Symbol
    start: Expr
    following: Expr
    over: Domain = field(default_factory=dict)
    within: Domain = field(default_factory=dict)

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it another claim."""
        return self.symbol, self.start, self.following, tuple(self.over.items()), tuple(self.within.items())


Claim = (
    Equal | Positive | Always | Kept | Stable | Forced
    | Expansion | MeanStep | Covariant | Stored | Declared | Linearised
)  # fmt: skip

ABBREVIATE = ("runs", "where", "gaps")
"""The parts of a claim whose symbols stand for something else."""
