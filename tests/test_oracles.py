"""The oracle against the second oracle, against itself, and every convention against its neighbours."""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import torch
from flint import arb
from sympy import Abs, Add, Expr, Max, Min, Mod, Mul, Piecewise, Pow, Symbol, atan2, exp, lambdify, log, sign
from torch import Tensor
from torch.optim import Optimizer

from examples.asking import conformance
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.families import rules
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.oracle.confirm import exact_trajectory
from lawful.verify.oracle.formats import FORMATS
from lawful.verify.oracle.oracle import Oracle
from lawful.verify.oracle.program import decided
from lawful.verify.oracle.scalars import symbols

LANES, STEPS = 2, 4


# ------------------------------------------------------------------------------------------------------------- members
def members(family: Family) -> Iterator[Rule]:
    """The family's rules, without those that are the same mathematics as an earlier one."""
    seen = set()
    for values in itertools.product(*family.conventions.values()):
        try:
            rule = family(**dict(zip(family.conventions, values, strict=True)))
        except Unanswerable:  # a convention that is known with others alone
            continue
        if rule.hash not in seen:
            seen.add(rule.hash)
            yield rule


def neighbours(family: Family) -> Iterator[Rule]:
    """The rules that differ from the bare name's in one convention."""
    return (rule for rule in members(family) if len(rule.conventions) == 1)


def hyper(rule: Rule) -> dict[Symbol, float]:
    """Values at which every term shows."""
    return {s: rule.domain(s).values[0] for s in rule.hyperparameters}


def drawn(dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(3)
    values = torch.randn(1 + STEPS, LANES, generator=random, dtype=torch.float64).to(dtype)
    return values[0], values[1:]


LANE_RULES = [family for family in rules().values() if family().scope == "lane"]
"""Those that look at whole tensors are in test_tensors.py."""

families = pytest.mark.parametrize("family", LANE_RULES, ids=lambda family: family.name)


# --------------------------------------------------------------------------------------------------- the second oracle
def separations(rule: Rule, other: Rule) -> list[tuple[float, float]]:
    """(distance between the two oracles' values, budget) of each lane, after the last step."""
    oracle, (x0, gradients) = Oracle(rule, FORMATS[torch.float64]), drawn(torch.float64)
    state = oracle.start(x0, hyper(rule))
    for gradient in gradients:
        state = oracle.step(state, gradient, hyper(rule))
    high, low = (torch.as_tensor(part).expand(LANES).tolist() for part in state.x.centre)
    radius = torch.as_tensor(state.x.radius).expand(LANES).tolist()
    exact = [
        exact_trajectory(other, float(x0[k]), gradients[:, k].tolist(), [hyper(other)] * STEPS)[-1]
        for k in range(LANES)
    ]
    return [(float(abs(arb(high[k]) + arb(low[k]) - exact[k]).mid()), radius[k]) for k in range(LANES)]


@families
def test_the_two_oracles_agree(family: Family) -> None:
    """The centre is within a millionth of the budget of what ball arithmetic says, under every convention."""
    for rule in members(family):
        for distance, budget in separations(rule, rule):
            assert distance <= 1e-6 * budget, rule


@families
def test_the_two_oracles_disagree_about_different_rules(family: Family) -> None:
    rule = family()
    changed = replace(rule, x=rule.x * (1 + Pow(2, -40)))
    assert all(distance > budget for distance, budget in separations(rule, changed))


# ---------------------------------------------------------------------------------------------------------- the oracle
def computed(expr: Expr, values: Mapping[Symbol, Any]) -> Any:
    """The expression in the arithmetic of the values, operation by operation as it is written."""
    if isinstance(expr, Symbol):
        return values[expr]
    if expr.is_Rational:
        return expr.p / expr.q if expr.q != 1 else int(expr.p)
    if expr.is_Float:
        return float(expr)
    if isinstance(expr, Piecewise):
        return branches(expr, values)
    return OPERATIONS[expr.func](*(computed(argument, values) for argument in expr.args))


def branches(expr: Expr, values: Mapping[Symbol, Any]) -> Tensor:
    """Lane by lane, the first case whose condition holds."""
    *cases, (otherwise, _) = expr.args
    result = computed(otherwise, values) + torch.zeros_like(values[x])
    for branch, condition in reversed(cases):
        holds = computed(condition.gts - condition.lts, values) > 0
        result = torch.where(holds, torch.as_tensor(computed(branch, values), dtype=result.dtype), result)
    return result


def power(base: Any, exponent: Any) -> Any:
    if not isinstance(base, Tensor):
        return base**exponent if base or exponent >= 0 else math.inf
    exactly = {0.5: torch.sqrt, -0.5: lambda b: 1 / torch.sqrt(b), -1: lambda b: 1 / b, 2: torch.square}
    if exponent in exactly:
        return exactly[exponent](base)
    return torch.pow(base, exponent) if exponent > 0 else 1 / torch.pow(base, -exponent)


def largest(a: Any, b: Any) -> Any:
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        return max(a, b)
    like = a if isinstance(a, Tensor) else b
    return torch.maximum(*(v if isinstance(v, Tensor) else torch.full_like(like, v) for v in (a, b)))


OPERATIONS: dict[Any, Any] = {
    Add: lambda *terms: sum(terms[1:], terms[0]),
    Mul: lambda *factors: math.prod(factors[1:], start=factors[0]),
    Pow: power,
    Max: largest,
    Min: lambda a, b: -largest(-a, -b),
    Abs: abs,
    sign: torch.sign,
    Mod: math.fmod,
    exp: torch.exp,
    log: lambda a: torch.log(a) if isinstance(a, Tensor) else math.log(a),
    atan2: torch.atan2,
}


def implementation(rule: Rule) -> type[Optimizer]:
    """An optimizer that computes the rule's expressions as they are written."""
    names = {s: s.name for s in rule.hyperparameters}

    class Written(Optimizer):
        def __init__(self, params: Any, **chosen: float) -> None:
            super().__init__(params, {names[s]: d for s, d in rule.defaults.items()} | chosen)

        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    self._update(p, {s: group[name] for s, name in names.items()})

        def _update(self, p: Tensor, given: dict[Symbol, float]) -> None:
            state, zero, here = (
                self.state[p],
                torch.zeros_like(p),
                {**given, x: p.clone(), g: p.grad.to_dense()},
            )

            def value(symbol: Symbol, expr: Expr, values: Mapping[Symbol, Any]) -> Any:
                return computed(resolved(expr, values), values) + (zero if symbol in rule.tensors else 0)

            kept = state.setdefault("kept", {s: value(s, rule.initial(s), here) for s in rule.state})
            state["t"] = state.get("t", 0) + 1
            values = {**here, **kept, t: state["t"]}
            state["kept"] = {s: value(s, e, values) for s, e in rule.state.items()}
            p.copy_(computed(resolved(rule.x, values), values))

    parameters = [
        inspect.Parameter(s.name, inspect.Parameter.KEYWORD_ONLY, default=d) for s, d in rule.defaults.items()
    ]
    params = inspect.Parameter("params", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    Written.__signature__ = inspect.Signature([params, *parameters])  # type: ignore[attr-defined]
    return Written


def resolved(expr: Expr, values: Mapping[Symbol, Any]) -> Expr:
    """The expression with its cases decided, by numbers alone, and all at once: sympy takes (1 − β)·lr > 0 for true as
    soon as β is a number."""
    numbers = {s: v for s, v in values.items() if not isinstance(v, Tensor)}
    known = [c for c in conditions(expr) if c.free_symbols <= numbers.keys()]
    return chosen(expr, tuple((c, bool(asked(c)(*(numbers[s] for s in symbols(c))))) for c in known))


@cache
def conditions(expr: Expr) -> list[Any]:
    """Those of its cases."""
    return list({c for p in expr.atoms(Piecewise) for _, c in p.args})


@cache
def asked(condition: Any) -> Any:
    """A condition as a function of its symbols: a long run asks it at every step."""
    return lambdify(symbols(condition), condition, "math")


@cache
def chosen(expr: Expr, truth: tuple[tuple[Any, bool], ...]) -> Expr:
    """The expression in the case in which these hold or do not."""
    return decided(expr, dict(truth))


def verdict(claimed: Rule, implemented: Rule, dtype: str = "float64") -> Verdict:
    """What the conformance check concludes of one rule that claims to be another."""
    inside = ", ".join(f"{k}={v!r}" for k, v in claimed.conventions.items())
    spec = f"{claimed.name}({inside})"
    return conformance(implementation(implemented), spec, getattr(torch, dtype)).evidence().verdict


@families
def test_a_rule_computed_as_it_is_written_is_lawful(family: Family) -> None:
    assert verdict(family(), family()) is Verdict.LAWFUL


@families
def test_neighbouring_conventions_are_told_apart(family: Family) -> None:
    for rule in neighbours(family):
        assert verdict(family(), rule) is Verdict.UNLAWFUL, rule


@pytest.mark.thorough
@families
def test_every_convention_is_itself_and_no_neighbour(family: Family) -> None:
    """Each convention is lawful as what it is, and unlawful as the bare rule, and the bare rule as it."""
    for rule in members(family):
        for dtype in ("float64", "float32"):
            assert verdict(rule, rule, dtype) is Verdict.LAWFUL, (rule, dtype)
        if rule.conventions:
            assert verdict(family(), rule) is Verdict.UNLAWFUL, rule
            assert verdict(rule, family()) is Verdict.UNLAWFUL, rule
