"""Where no setting does the same: one that is another at every step, by what corrections of averages differ.

One hyperparameter of the second rule, or the learning rate and another, times powers of 1 − βᵗ. What is proposed so is
tried and proved as any other setting is, of a second rule in which the factor stands.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from sympy import Expr, Integer, Mul, Pow, Rational, Symbol

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, t
from lawful.verify.translation.fitting import allowed, same, starts
from lawful.verify.translation.found import Found, where
from lawful.verify.translation.question import Place, Question

POWERS = (0, Rational(1, 2), Rational(-1, 2), 1, -1)

Factors = Mapping[Symbol, Expr]
"""Hyperparameter of the second rule → what it is multiplied by at step t."""


def stepwise(first: Rule, second: Rule, zero: frozenset[Symbol]) -> Found | None:
    """A setting that is another at every step, where these hyperparameters of the first are 0."""
    for factors in _proposed(Question.of(first, second).points(zero)[0]):
        if (found := where(first, scaled(second, factors), zero)) is not None:
            setting = {s: e * factors.get(s, Integer(1)) for s, e in found.setting.items()}
            return replace(found, setting=setting, following=tuple(factors))
    return None


def scaled(rule: Rule, factors: Factors) -> Rule:
    """A rule whose hyperparameters are multiplied by these."""
    return replace(rule.replace({s: s * e for s, e in factors.items()}), defaults=rule.defaults)


def _proposed(place: Place) -> Iterator[Factors]:
    """Factors with which the second rule does here what the first does; the first step is looked at first."""
    once, steps = replace(place, steps=1), range(1, place.question.steps + 1)
    begun = [start for start in starts(place, ()) if allowed(place, start)]
    along = {e: [place.value(e.xreplace({t: Integer(k)})) for k in steps] for e in _factors(place.question)}
    for factors in _combined(place.question.unknown, list(along)):
        for start in begun:
            settings = [
                {**start, **{s: start[s] * along[e][k - 1] for s, e in factors.items()}} for k in steps
            ]
            if same(once, settings[0]) and same(place, *settings):
                yield factors
                break


def _combined(symbols: Sequence[Symbol], factors: Sequence[Expr]) -> Iterator[Factors]:
    for symbol, by in product(symbols, factors):
        yield {symbol: by}
    for symbol, one, other in product(symbols, factors, factors) if lr in symbols else ():
        if symbol != lr:
            yield {lr: one, symbol: other}


def _factors(question: Question) -> Iterator[Expr]:
    """Products of powers of what corrects the averages of the two rules."""
    both = question.first, question.second
    bases = sorted(
        {1 - p for rule in both for p in _powers(rule) if p.base in question.first.defaults}, key=str
    )
    for powers in product(POWERS, repeat=len(bases)):
        if any(powers):
            yield Mul(*(b**p for b, p in zip(bases, powers, strict=True)))


def _powers(rule: Rule) -> set[Expr]:
    """The hyperparameters to the power of the step."""
    every = (rule.x, *rule.state.values(), *rule.names.values())
    return {p for e in every for p in e.atoms(Pow) if p.exp == t and p.base in rule.defaults}
