"""A rule's cases (first step, no momentum …), each compiled when it is first met and once for all formats."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sympy import Add, Expr, Integer, Mul, Piecewise, Symbol, srepr

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import x
from lawful.verify.oracle.compiler import Compiler
from lawful.verify.oracle.fused.running import Fusion
from lawful.verify.oracle.step import Node
from lawful.verify.package import modules

KINDS = tuple(modules("lawful.verify.oracle.kinds"))
"""What says how expressions are compiled; here they are found, before the first is."""

Truth = tuple[tuple[Expr, bool], ...]
"""Which conditions hold."""


@dataclass(frozen=True)
class Case:
    """The rule with its cases decided, compiled."""

    x: Node
    slots: Mapping[Symbol, Node]
    scalars: Mapping[Symbol, Expr]
    of: Callable[[], str]
    """What it was compiled of, in words."""
    fused: dict[object, Fusion] = field(default_factory=dict)
    """What has been compiled further, by what is exact in a step."""


@dataclass
class Program:
    """A rule, compiled case by case.

    Args:
        rule: the rule.
    """

    rule: Rule
    _cases: dict[tuple[Any, ...], Case] = field(default_factory=dict)
    _read: dict[tuple[Any, ...], frozenset[Symbol]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Finds the conditions on which the rule branches."""
        branches = {c for e in self._after.values() for p in e.atoms(Piecewise) for _, c in p.args}
        self.tensors = self.rule.tensors
        self.conditions = sorted((c for c in branches if not c.free_symbols & self.tensors), key=str)
        self.numbers = [s for s in self.rule.state if s not in self.tensors]

    @property
    def _after(self) -> Mapping[Symbol, Expr]:
        return {x: self.rule.x, **self.rule.state}

    @cached_property
    def _weights(self) -> frozenset[Symbol]:
        """The β of averages β·old + (1 − β)·new: where it is 0, an interpolation from the old end loses what it loses
        where it is nearly 0."""
        return frozenset(s for e in self._after.values() for s in weights(e))

    def case(self, truth: Truth, zeros: tuple[Symbol, ...]) -> Case:
        """The case in which these conditions hold and these hyperparameters are 0."""
        if (truth, zeros) not in self._cases:
            self._cases[truth, zeros] = self._compile(truth, zeros)
        return self._cases[truth, zeros]

    def read(self, truth: Truth, zeros: tuple[Symbol, ...]) -> frozenset[Symbol]:
        """The state tensors that matter in this case; conditions that are not listed may hold or not."""
        if (truth, zeros) not in self._read:
            after = self._resolved(truth, zeros)
            used = (e.free_symbols for s, e in after.items() if e != s)
            self._read[truth, zeros] = (
                frozenset(self.rule.state) & self.tensors & frozenset[Symbol]().union(*used)
            )
        return self._read[truth, zeros]

    def _compile(self, truth: Truth, zeros: tuple[Symbol, ...]) -> Case:
        after = self._resolved(truth, tuple(s for s in zeros if s not in self._weights))
        numbers = {s: after.pop(s) for s in self.numbers}
        compiler = Compiler(self.tensors, frozenset(after[s] for s in self.read((), zeros)))
        nodes = {s: compiler.node(e) for s, e in after.items()}
        return Case(nodes.pop(x), nodes, numbers, lambda: f"{self.rule.hash} {srepr(truth)} {srepr(zeros)}")

    def _resolved(self, truth: Truth, zeros: tuple[Symbol, ...]) -> dict[Symbol, Expr]:
        chosen, nothing = dict(truth), {s: Integer(0) for s in zeros}
        return {s: decided(e, chosen).xreplace(nothing) for s, e in self._after.items()}


def weights(expr: Expr) -> Iterator[Symbol]:
    """The symbols β of sums in which one term has the factor β and another 1 − β."""
    for summed in expr.atoms(Add):
        factors = {factor for term in summed.args for factor in Mul.make_args(term)}
        yield from (s for s in factors if s.is_Symbol and 1 - s in factors)


PROGRAMS: dict[object, Program] = {}
"""What has been compiled, by the rule's mathematics."""


def program(rule: Rule) -> Program:
    """The rule's program, the same for all rules that are written alike."""
    if rule.mathematics not in PROGRAMS:
        PROGRAMS[rule.mathematics] = Program(rule)
    return PROGRAMS[rule.mathematics]


def decided(expr: Expr, truth: Mapping[Expr, bool]) -> Expr:
    """The expression with the branch of every `Piecewise` chosen whose conditions are all listed or `True`."""
    known = (p for p in expr.atoms(Piecewise) if all(c in truth or c == True for _, c in p.args))  # noqa: E712
    return expr.xreplace({p: decided(_branch(p, truth), truth) for p in known})


def _branch(piecewise: Piecewise, truth: Mapping[Expr, bool]) -> Expr:
    return next(e for e, c in piecewise.args if truth.get(c, True))
