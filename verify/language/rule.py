"""An update rule as data: expressions, state, initial values, hyperparameters, source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal

from sympy import Abs, Expr, Integer, Pow, Symbol, log, preorder_traversal, srepr, sympify

from lawful.verify.language.domain import Domain
from lawful.verify.language.substitution import putting
from lawful.verify.language.symbols import DOMAINS, TUPLES, g, t, x
from lawful.verify.language.tensors import (
    BY_TENSOR,
    EVERYWHERE,
    SIZES,
    IfPositive,
    Kept,
    NewtonSchulzInBfloat16,
    OfTensor,
)

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """Where a rule or law is stated: a paper or a repository, and the place in it.

    Attributes:
        work: the paper, or the library that documents it.
        where: the place in it.
        checked: the code that it was read against, the authors' where there is any: `owner/name@commit` or a release.
        of: of a transformation, where the rule is stated that it was applied to.
    """

    work: str
    where: str = ""
    checked: str = ""
    of: "Source | None" = None

    def __str__(self) -> str:
        """`work, where; checked against …; of …`."""
        said = f"{self.work}, {self.where}" if self.where else self.work
        said = f"{said}; checked against {self.checked}" if self.checked else said
        return f"{said}; of {self.of}" if self.of else said


@dataclass(frozen=True)
class Rule:
    """One update rule.

    Attributes:
        name: the family's name.
        x: the next parameter, an expression in `x`, `g`, `t`, the state and the hyperparameters.
        state: state symbol → its next value.
        defaults: hyperparameter symbol → documented default; its keys are the hyperparameters.
        init: state symbol → its value before the first step, in `x` and the hyperparameters (0 where absent).
        domains: hyperparameter symbol → domain, for symbols that are not in `symbols.DOMAINS`.
        tuples: constructor argument → the hyperparameters that it holds, besides `symbols.TUPLES`.
        names: symbol → intermediate expression, in the order in which the paper introduces them.
        source: where it is stated.
        conventions: the options in which this member of the family differs from the one that the bare name means.
        dimensions: how few and how many dimensions a parameter may have.
        sparse: whether gradients are sparse tensors, which leave out what is 0.
        counts: whose steps `t` counts in the source: each parameter's, which idle ones do not make, or their group's.
        evaluated: what evaluation uses in the parameter's place, in `x`, the state and the hyperparameters as they are
            after a step; None where that is the parameter.
        fixed: what was put in for its symbols since it was written.
        written: what it divided by when it was written, with what was put in since: sympy may have cancelled it.
        rooted: what it took roots and logarithms of, likewise: sympy takes (√a)² for a wherever a lies.
    """

    name: str
    x: Expr
    state: Mapping[Symbol, Expr]
    defaults: Mapping[Symbol, float]
    source: Source
    init: Mapping[Symbol, Expr] = field(default_factory=dict)
    domains: Mapping[Symbol, Domain] = field(default_factory=dict)
    tuples: Mapping[str, tuple[Symbol, ...]] = field(default_factory=dict)
    names: Mapping[Symbol, Expr] = field(default_factory=dict)
    conventions: Options = field(default_factory=dict)
    dimensions: tuple[int, int] = (0, 9)
    sparse: bool = False
    counts: Literal["parameter", "group"] = "parameter"
    evaluated: Expr | None = None
    fixed: Mapping[Expr, Expr] = field(default_factory=dict)
    written: tuple[Expr, ...] = ()
    rooted: tuple[Expr, ...] = ()

    @cached_property
    def scope(self) -> Literal["lane", "tensor", "optimizer"]:
        """How far a lane's next value depends on others: not at all, within its tensor, or within the optimizer."""
        expressions = (self.x, *self.state.values())
        if any(e.has(*EVERYWHERE) for e in expressions):
            return "optimizer"
        return "tensor" if any(e.has(OfTensor, *SIZES) for e in expressions) else "lane"

    @cached_property
    def pieced(self) -> bool:
        """Whether it looks at each tensor by itself, and at all of them."""
        return self.scope == "optimizer" and bool(self._looks & {*BY_TENSOR})

    @property
    def torn(self) -> bool:
        """Whether it looks at all tensors, where their shapes are lost, and at what only a shape tells."""
        known = {*EVERYWHERE, *BY_TENSOR, IfPositive}
        sized = any(e.has(*SIZES) for e in (self.x, *self.state.values()))
        return self.scope == "optimizer" and (sized or bool(self._looks - known))

    @cached_property
    def _looks(self) -> frozenset[type]:
        """What it says of tensors."""
        return frozenset(found.func for e in (self.x, *self.state.values()) for found in e.atoms(OfTensor))

    @cached_property
    def shared(self) -> frozenset[Symbol]:
        """The hyperparameters that a mean or a norm over every parameter depends on, by way of the state and its start
        too.
        """
        after = {x: self.x, **self.state}
        means = (e.atoms(*EVERYWHERE) for e in after.values())
        found = {s for mean in frozenset[Expr]().union(*means) for s in mean.free_symbols}
        while more := {s for read in found & after.keys() for s in after[read].free_symbols} - found:
            found |= more
        found |= {s for read in found & self.state.keys() for s in self.initial(read).free_symbols}
        return frozenset(found & self.defaults.keys())

    @property
    def hyperparameters(self) -> tuple[Symbol, ...]:
        """The hyperparameters' symbols, in the order of the constructor."""
        return tuple(self.defaults)

    @cached_property
    def tensors(self) -> frozenset[Symbol]:
        """The symbols that are tensors when the rule runs: parameter, gradient, and the state that depends on them.

        State that does not, such as NAdam's product of momenta, is one number for all lanes.
        """
        found = {x, g}
        while more := {s for s in self.state if s not in found and self._reads(s) & found}:
            found |= more
        return frozenset(found)

    @cached_property
    def outputs(self) -> tuple[Symbol, ...]:
        """The state tensors on which no later parameter depends, such as an average of the iterates."""
        needed = set(self.x.free_symbols)
        while more := {s for n in needed & set(self.state) for s in self.state[n].free_symbols} - needed:
            needed |= more
        return tuple(s for s in self.state if s in self.tensors and s not in needed)

    def _reads(self, symbol: Symbol) -> set[Symbol]:
        return set(self.state[symbol].free_symbols | self.initial(symbol).free_symbols)

    def domain(self, symbol: Symbol) -> Domain:
        """The domain of a hyperparameter."""
        return self.domains[symbol] if symbol in self.domains else DOMAINS[symbol]

    def tuple_of(self, symbol: Symbol) -> tuple[str, int] | None:
        """The constructor argument that holds a hyperparameter among others, and its place there."""
        held = ((name, s) for name, s in {**TUPLES, **self.tuples}.items() if symbol in s)
        return next(((name, members.index(symbol)) for name, members in held), None)

    def initial(self, symbol: Symbol) -> Expr:
        """The value of a state symbol before the first step."""
        return sympify(self.init.get(symbol, 0))

    @cached_property
    def divisors(self) -> tuple[Expr, ...]:
        """What it divides by: where one of these is 0, it has no next value."""
        found = (bases(e) for e in (self.x, *self.state.values()))
        return tuple(dict.fromkeys([*self.written, *(base for some in found for base in some)]))

    @cached_property
    def radicands(self) -> tuple[Expr, ...]:
        """What it takes roots and logarithms of: where one of these is negative, it has no next value."""
        found = (radicands(e) for e in (self.x, *self.state.values()))
        return tuple(dict.fromkeys([*self.rooted, *(inside for some in found for inside in some)]))

    @cached_property
    def cancelled(self) -> tuple[Expr, ...]:
        """What it divided by when it was written, and does no longer."""
        still = {base for e in (self.x, *self.state.values()) for base in bases(e)}
        return tuple(d for d in self.written if d not in still)

    def replace(self, substitution: Mapping[Expr, Any]) -> "Rule":
        """The rule with symbols replaced in every expression; replaced hyperparameters are no longer listed.

        What is put in is remembered, and of what is divided by, and of what roots are taken.
        """
        new = {old: sympify(value) for old, value in substitution.items()}
        sub = putting(new)
        return replace(
            self,
            x=sub(self.x),
            state={s: sub(e) for s, e in self.state.items()},
            init={s: sub(sympify(e)) for s, e in self.init.items()},
            names={s: sub(e) for s, e in self.names.items()},
            evaluated=self.evaluated if self.evaluated is None else sub(self.evaluated),
            defaults={s: d for s, d in self.defaults.items() if s not in new},
            fixed={**{s: sub(e) for s, e in self.fixed.items()}, **new},
            written=tuple(dict.fromkeys(core(sub(divisor)) for divisor in self.divisors)),
            rooted=tuple(dict.fromkeys(map(sub, self.radicands))),
        )

    def maximized(self) -> "Rule":
        """The rule that ascends: every gradient negated before anything else is done with it."""
        return replace(self.replace({g: -g}), conventions={**self.conventions, "maximize": True})

    def at(self, step: int) -> "Rule":
        """The rule of one particular step: `t` replaced by a number, which resolves the cases that depend on it."""
        return self.replace({t: Integer(step)})

    @cached_property
    def storage(self) -> frozenset[type]:
        """In what fewer bits it keeps something."""
        every = (self.x, *self.state.values())
        return frozenset(e.func for after in every for e in after.atoms(Kept, NewtonSchulzInBfloat16))

    @property
    def unstored(self) -> "Rule":
        """The rule with nothing kept in fewer bits."""
        kept = {k: k.args[0] for e in (self.x, *self.state.values()) for k in e.atoms(Kept)}
        return self.replace(kept)

    @cached_property
    def mathematics(self) -> object:
        """What two rules have in common that are written with the same expressions."""
        return self.x, frozenset((s, e, self.initial(s)) for s, e in self.state.items())

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the rule's mathematics: expressions, state and initial values."""
        parts = [srepr(self.x), *(f"{s}:{srepr(e)}:{srepr(self.initial(s))}" for s, e in self.state.items())]
        return sha256("\n".join(parts).encode()).hexdigest()

    def __str__(self) -> str:
        """`name(convention=value, …)`."""
        return spelled(self.name, ", ".join(f"{k}={v}" for k, v in self.conventions.items()))


def spelled(name: str, conventions: str) -> str:
    """A rule's name with its conventions: `adamw(eps="hat")`; of what is made of one, `cautious(adamw, eps="hat")`."""
    if not conventions:
        return name
    return f"{name[:-1]}, {conventions})" if name.endswith(")") else f"{name}({conventions})"


def bases(expr: Expr) -> list[Expr]:
    """What an expression divides by, or takes a logarithm of, from the outside in."""
    nodes = list(preorder_traversal(expr))
    powers = [p for p in nodes if isinstance(p, Pow) and p.exp.could_extract_minus_sign()]
    found = [*(p.base for p in powers), *(e.args[0] for e in nodes if isinstance(e, log))]
    return list(dict.fromkeys(base for base in found if not (base.is_number and base.is_nonzero)))


def radicands(expr: Expr) -> list[Expr]:
    """What must not be negative, since an expression takes a root or a logarithm of it, from the outside in."""
    nodes = list(preorder_traversal(expr))
    found = (e.args[0] for e in nodes if isinstance(e, log) or (isinstance(e, Pow) and not e.exp.is_integer))
    return list(dict.fromkeys(inside for inside in found if not inside.is_nonnegative))


def core(expr: Expr) -> Expr:
    """What is 0 exactly where the expression is: that of which it is a size or a power."""
    if isinstance(expr, Abs) or (isinstance(expr, Pow) and expr.exp.is_positive):
        return core(expr.args[0])
    return expr
