"""Rewriting rules so that algebra sees that they are one: facts that the symbols' declarations do not hold.

Of 0 ≤ β < 1 it follows that 1 − βᵗ > 0; a positive number that is the same in all lanes goes out of signs, norms and
sums, and out of Newton–Schulz with its eps. Each rewriting keeps what a rule does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from math import inf
from typing import Any

from sympy import (
    Eq,
    Expr,
    Float,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    expand,
    factor,
    nsimplify,
    sign,
    together,
)

from lawful.verify.language.domain import Domain
from lawful.verify.language.rule import Rule
from lawful.verify.language.substitution import put
from lawful.verify.language.symbols import t
from lawful.verify.language.tensors import (
    MAXIMA,
    SIZES,
    SUMS,
    EverywhereNorm,
    IfPositive,
    NewtonSchulz,
    NewtonSchulzInBfloat16,
    Norm,
)
from lawful.verify.provers.algebra.vanishing import rooted


def rewritten(rule: Rule, change: Callable[[Expr], Expr]) -> Rule:
    """The rule with every expression rewritten."""
    return replace(rule, x=change(rule.x), state={s: change(e) for s, e in rule.state.items()})


def in_reals(rule: Rule) -> Rule:
    """The rule in real numbers, whatever it keeps in few bits and with the fractions that its decimals stand for."""
    return rewritten(rule, _in_reals)


def _in_reals(expr: Expr) -> Expr:
    exactly = {number: nsimplify(number, rational=True) for number in expr.atoms(Float)}
    bare = expr.replace(NewtonSchulzInBfloat16, NewtonSchulz) if expr.has(NewtonSchulzInBfloat16) else expr
    return put(bare, exactly) if exactly else bare


def keeps(rule: Rule) -> bool:
    """Whether something is kept in few bits on the way."""
    return any(e.has(NewtonSchulzInBfloat16) for e in (rule.x, *rule.state.values()))


# ---------------------------------------------------------------------------------------------------- 1 − βᵗ
def corrections(*rules: Rule) -> dict[Expr, Expr]:
    """βᵗ → 1 − a positive number, for every β below 1."""
    atoms = {p for rule in rules for e in (rule.x, *rule.state.values()) for p in e.atoms(Pow)}
    below = {
        p
        for p in atoms
        if p.exp == t and any(p.base in r.defaults and r.domain(p.base).high <= 1 for r in rules)
    }
    return {p: 1 - Symbol(f"(1 - {p.base}^t)", positive=True) for p in sorted(below, key=str)}


def lacking(found: Mapping[Expr, Expr]) -> tuple[Symbol, ...]:
    """The positive numbers of `corrections`, which are new at every step."""
    return tuple(s for e in found.values() for s in e.free_symbols)


def corrected(rule: Rule, found: Mapping[Expr, Expr]) -> Rule:
    """The rule with positive numbers for what averages are divided by."""
    return rewritten(rule, lambda e: put(e, found))


# ------------------------------------------------------------------------------------------------ the first's units
def in_units(
    rule: Rule, meaning: Mapping[Symbol, Expr], varying: Iterable[Symbol] = ()
) -> tuple[Rule, dict[Symbol, Expr]]:
    """The rule with state kept as the factor of it that the first rule keeps; and what is left of its meaning.

    A unit that changes from step to step, as one of these does, is none.
    """
    found = {s: unit(meaning.get(s, s), rule) for s in rule.state}
    units = {
        s: u for s, u in found.items() if u is not None and u != 1 and not u.free_symbols & {*varying, t}
    }
    kept = {s: u * s for s, u in units.items()}
    state = {s: put(e, kept) / units.get(s, 1) for s, e in rule.state.items()}
    init = {**rule.init, **{s: rule.initial(s) / u for s, u in units.items()}}
    rest = {s: e / units[s] if s in units else e for s, e in meaning.items()}
    return replace(rule, x=put(rule.x, kept), state=state, init=init), rest


def unit(meaning: Expr, rule: Rule) -> Expr | None:
    """The factor of a meaning that is the same in all lanes and steps."""
    rest, tensor = meaning.as_independent(*rule.tensors)
    return rest if tensor.is_Symbol else None


# ------------------------------------------------------------------------------------------------ positive factors
def homogeneous(rule: Rule) -> Rule:
    """The rule with positive numbers taken out of signs, norms, sums and Newton–Schulz."""
    same = frozenset((*(s for s in rule.defaults), *SIZES, t))
    return rewritten(rule, lambda e: _outside(e, rule.tensors, same))


def _outside(expr: Any, tensors: Iterable[Symbol], same: frozenset[Symbol]) -> Any:
    if not expr.args:
        return expr
    parts = [_outside(part, tensors, same) for part in expr.args]
    if expr.func not in DEGREES:
        return put(expr, dict(zip(expr.args, parts, strict=True))) if parts != list(expr.args) else expr
    inside = _sign_alone(parts[0], frozenset(tensors)) if expr.func is IfPositive else parts[0]
    number, rest = _number_of(inside, frozenset(tensors))
    return DEGREES[expr.func](expr.func, number, rest, parts[1:])


def _sign_alone(expr: Expr, tensors: frozenset[Symbol]) -> Expr:
    """What is positive where an expression is: of a minimum each member without its positive factors."""
    return Min(*(_number_of(part, tensors)[1] for part in expr.args)) if isinstance(expr, Min) else expr


@lru_cache(maxsize=1024)
def _number_of(expr: Expr, tensors: frozenset[Symbol]) -> tuple[Expr, Expr]:
    """(a positive factor without tensors, the rest), of an expression in lowest terms."""
    simple = factor(together(rooted(expr)))
    numbers = [p for p in Mul.make_args(simple) if p.is_positive and not p.free_symbols & tensors]
    factor_ = Mul(*numbers)
    return factor_, expand(simple / factor_) if not _is_fraction(simple / factor_) else simple / factor_


def _is_fraction(expr: Expr) -> bool:
    return any(p.exp.could_extract_minus_sign() for p in expr.atoms(Pow))


def _linear(kind: Any, number: Expr, inner: Expr, more: list[Expr]) -> Expr:
    return number * kind(inner, *more)


def _unscaled(kind: Any, number: Expr, inner: Expr, more: list[Expr]) -> Expr:
    return kind(inner, *more)


def _orthogonal(kind: Any, number: Expr, inner: Expr, more: list[Expr]) -> Expr:
    *numbers, least, steps = more
    return kind(inner, *numbers, least / number, steps)


DEGREES: Mapping[Any, Callable[[Any, Expr, Expr, list[Expr]], Expr]] = {
    sign: _unscaled,
    IfPositive: _unscaled,
    **dict.fromkeys((Norm, EverywhereNorm, *SUMS, *MAXIMA), _linear),
    **dict.fromkeys((NewtonSchulz, NewtonSchulzInBfloat16), _orthogonal),
}
"""How a function answers to a positive factor of its first argument."""


# ------------------------------------------------------------------------------------------------ cases
def deciding(rule: Rule) -> frozenset[Symbol]:
    """The symbols of which a case is whether they are 0."""
    cases = (c for e in (rule.x, *rule.state.values()) for p in e.atoms(Piecewise) for c in p.atoms(Eq))
    return frozenset(s for c in cases if c.rhs == 0 for s in c.lhs.free_symbols)


def begins(rule: Rule) -> bool:
    """Whether its first step is another than those after it."""
    return any(e.has(Eq(t, 1)) for e in (rule.x, *rule.state.values()))


def later(rule: Rule) -> Rule:
    """The rule from its second step on, which is counted as the first."""
    return rewritten(rule, lambda e: put(e, {Eq(t, 1): S.false, t: t + 1}))


def begun(rule: Rule, first: Rule) -> Rule:
    """The rule from its second step on, from any state that the first may have then."""
    start = {s: Symbol(f"{s}_1", **s.assumptions0) for s in first.state}
    known = {start[s]: 0.3 for s in first.state} if rule is first else {}
    return replace(
        later(rule),
        init={s: start[s] for s in rule.state},
        defaults={**rule.defaults, **known},
        domains={
            **rule.domains,
            **{s: Domain((0.3,), low=0.0 if s.is_nonnegative else -inf) for s in start.values()},
        },
    )


def above(rule: Rule, symbols: Iterable[Symbol]) -> Rule:
    """The rule with some of its hyperparameters declared positive."""
    known = positive(symbols)
    put_in = rule.replace(dict(known))
    return replace(
        put_in,
        defaults={known.get(s, s): d for s, d in rule.defaults.items()},
        domains={**rule.domains, **{known[s]: rule.domain(s) for s in known if s in rule.defaults}},
        fixed=rule.fixed,
    )


def positive(symbols: Iterable[Symbol]) -> dict[Symbol, Symbol]:
    """Each symbol → the same, declared positive."""
    return {s: Symbol(s.name, positive=True) for s in sorted(symbols, key=str)}
