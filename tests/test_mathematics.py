"""Rules and laws are printed as mathematics: as the paper does, and so that it computes the rule."""

import pytest

from examples.reports import PROOF, Page
from lawful.reports.mathematics import algorithm, rule_text
from lawful.reports.mathml import mathml
from lawful.reports.notation import line_text
from lawful.verify.language.families import find_rule, rules


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
    values: dict[str, float] = {r"\nabla f_{t}(x_{t-1})": 0.9, "x_{t-1}": -0.3, "t": 3.0}
    inputs = {symbol.name: 0.1 + 0.07 * i for i, symbol in enumerate((*rule.hyperparameters, *rule.state))}
    from lawful.reports.mathematics import dated, written

    values |= {written(symbol): inputs[symbol.name] for symbol in rule.hyperparameters}
    values |= {dated(symbol, "t-1").name: inputs[symbol.name] for symbol in rule.state}
    for left, right in lines:
        values[left.name] = value(right, values)
    own = {**inputs, "g": 0.9, "x": -0.3, "t": 3.0}
    assert values["x_{t}"] == pytest.approx(value(rule.x, own), rel=1e-12)
    for symbol, expr in rule.state.items():
        assert values[dated(symbol, "t").name] == pytest.approx(value(expr, own), rel=1e-12)


def value(expr: object, named: dict[str, float]) -> float:
    """An expression with numbers for its symbols, on a tensor of one element; `clip` is what it says."""
    from sympy import Abs, Max, Min, Piecewise

    from lawful.reports.notation import clip
    from lawful.verify.language.tensors import (
        MAXIMA,
        SIZES,
        SUMS,
        IfPositive,
        In8Bits,
        In32Bits,
        NewtonSchulz,
        NewtonSchulzInBfloat16,
        Norm,
    )

    plain = expr.replace(clip, lambda inner, bound: Min(bound, Max(inner, -bound)))  # type: ignore[attr-defined]
    for reduction in (*SUMS, *MAXIMA):
        plain = plain.replace(reduction, lambda inner: inner)
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
