"""Symmetries are decided rightly, on rules of all kinds, and implementations that break them are found."""

from random import Random
from typing import Any

import pytest
import torch
from sympy import Abs, Expr, Integer, Max, Min, Piecewise, sign, sqrt
from torch import Tensor

from lawful.optimizers import SGD, AdamW, Lion, available
from lawful.properties.memory import memory
from lawful.properties.settings import Settings
from lawful.properties.symmetry import symmetries
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Verdict
from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import eps, g, lr, m, t, v, weight_decay, x
from lawful.verify.language.tensors import Norm, RowMax, RowMean, Total
from lawful.verify.provers.algebra.equations import Lacks
from lawful.verify.provers.algebra.symmetry import Covariance, put
from lawful.verify.provers.algebra.weights import Weighing, Weight
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.arithmetic.symmetry import covariant
from lawful.verify.provers.changes import Flipped, Scaled
from lawful.verify.provers.claims import Covariant
from lawful.verify.rules.adadelta import adadelta
from lawful.verify.rules.adam import adam, adamw
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import find_law, laws
from lawful.verify.theory.symmetries import Symmetry, known

UNSEEN = ("nothing is known", "divides by 0 in the first step")
"""Why a rule is said to lack a symmetry, where no path can show it."""

LAWS = [law for law in laws().values() if isinstance(law, Symmetry)]
ESTIMATED = (
    "scale_freeness_without_decay",
    "scale_freeness",
    "shards_are_independent",
    "translation_symmetry",
)
"""Laws against which an estimate of the distance speaks that has not begun to grow in a few steps."""

UNITS = ("gradients_have_a_unit", "scale_invariance", "change_of_units")

UNREACHED = {
    ("gradients_have_a_unit", "adafactor"),  # a maximum with eps1, at gradients of order 1
    ("scale_freeness", "spd"),  # the sign of a sum of products, at six weights
    ("scale_freeness_without_decay", "spd"),
    ("permutation_symmetry", "adam8bit"),  # blocks of codes, where numbers are exact
    ("shards_are_independent", "adam8bit"),
    # a clip at norm 1, at gradients below it
    *(("gradients_have_a_unit", rule) for rule in ("mars", "mars_by_rank")),
    *(("scale_invariance", rule) for rule in ("mars", "mars_by_rank")),
    ("translation_symmetry", "mars_by_rank"),  # the decay of vectors, at weights in a matrix
    ("scale_invariance", "adatam"),  # the least norm that is divided by, at norms above it
    *(("permutation_symmetry", rule) for rule in ("adamp", "sgdp")),  # means of rows, at weights in one row
    *((law, "fromage") for law in UNITS),  # at x = 0
    ("shards_are_independent", "swats"),  # the change-over, which looks at whole tensors, in steps before it
    ("translation_symmetry", "focus"),  # a sign of what is 0 in the first step, which no ball decides
    *((law, rule) for rule in ("prodigy", "dadaptadam", "dadaptlion", "dadaptsgd") for law in ESTIMATED),
}
"""Where the part that breaks the symmetry is not felt."""


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_rule_that_is_said_to_lack_a_symmetry_breaks_it_in_exact_numbers(law: Symmetry) -> None:
    for rule in known():
        why = law.how(rule)
        told = isinstance(why, str) and not any(words in why for words in UNSEEN)
        if told and (law.name, rule.name) not in UNREACHED:
            off = [s for s in law.change.off if s in rule.defaults]
            claim = Covariant(f"{rule} has it", put(rule, off), law.change)
            assert not covariant(claim, Random(0)).holds, rule


def degrees(name: str, rule: Rule) -> dict[str, Any]:
    found = find_law(name).how(rule)  # type: ignore[attr-defined]
    assert isinstance(found, Covariance), found
    return {str(s): degree for s, degree in found.degrees.items()}


def test_units_are_those_of_the_formulas() -> None:
    assert degrees("change_of_units", adamw()) == {"lr": 1, "weight_decay": -1, "eps": -1}
    assert degrees("change_of_units", adam()) == {"lr": 1, "weight_decay": -2, "eps": -1}
    assert degrees("change_of_units", sgd()) == {"lr": 2, "weight_decay": -2}
    assert degrees("gradients_have_a_unit", adam(eps="inside")) == {"weight_decay": 1, "eps": 2}


def test_scale_freeness_tells_decay_from_l2() -> None:
    law = find_law("scale_freeness")
    assert isinstance(law, Symmetry)
    assert isinstance(law.how(adamw()), Covariance) and isinstance(law.how(adamw(decouple=False)), str)


def test_what_stands_still_has_no_symmetry() -> None:
    law = find_law("scale_invariance")
    assert isinstance(law, Symmetry) and law.how(adadelta()) == "it stands still"
    still = Covariant("", put(adadelta(), [eps]), law.change)
    assert not covariant(still, Random(0)).holds


def test_a_rule_of_ones_own_is_decided_too() -> None:
    mine = Rule("mine", x - lr * sign(g) * sqrt(Abs(x)), {}, {lr: 0.1}, Source("tests"))
    how = {law.name: law.how(mine) for law in LAWS}
    assert isinstance(how["sign_symmetry"], Covariance) and isinstance(
        how["shards_are_independent"], Covariance
    )
    assert isinstance(how["translation_symmetry"], str)
    assert how["change_of_units"].degrees[lr] == Integer(1) / 2  # type: ignore[union-attr]


SCALE = Weighing({g: Weight(Integer(1)), v: Weight(Integer(2)), eps: Weight(Integer(1))}, each=False)
EACH = Weighing({g: Weight(Integer(1)), v: Weight(Integer(2))}, each=True)
SIGN = Weighing({g: Weight(Integer(0), Integer(1)), x: Weight(Integer(0), Integer(1))}, each=True)
ODD, EVEN = (0, 1), (0, 0)

WEIGHTS = {
    "sum": (SCALE, sqrt(v) + eps, (1, 0)),
    "quotient": (SCALE, g / (sqrt(v) + eps), (0, 0)),
    "maximum with 0": (SCALE, Max(v - g**2, 0), (2, 0)),
    "row mean": (SCALE, RowMean(g**2), (2, 0)),
    "row maximum": (SCALE, RowMax(g**2), (2, 0)),
    "norm of the normalised": (EACH, Norm(g / sqrt(v)), (0, 0)),
    "square": (SIGN, g**2, EVEN),
    "sign": (SIGN, sign(g), ODD),
    "clip": (SIGN, Min(Max(g, -lr), lr), ODD),
    "norm": (SIGN, g / Norm(g), ODD),
    "cases by agreement": (SIGN, Piecewise((g, g * x > 0), (0, True)), ODD),
}

WITHOUT = {
    "sum of two dimensions": (SCALE, v + eps),
    "exponential in t": (SCALE, g**t),
    "case at a constant": (SCALE, Piecewise((g, g > 1), (2 * g, True))),
    "norm of what is scaled by coordinate": (EACH, g / Norm(g)),
    "maximum of the odd": (SIGN, Max(g, x)),
    "positive part": (SIGN, Max(g, 0)),
    "clip to another bound below": (SIGN, Min(Max(g, -2 * lr), lr)),
    "case by sign": (SIGN, Piecewise((g, g > 0), (2 * g, True))),
    "sum of the odd": (SIGN, Total(g)),
    "row maximum of the odd": (SIGN, RowMax(g)),
    "odd and even": (SIGN, g + g**2),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_weight_of_an_expression(name: str) -> None:
    weigh, expr, expected = WEIGHTS[name]
    found = weigh.of(expr)
    assert found is not None
    assert (weigh.degrees.reduced(found.degree), weigh.parities.reduced(found.parity)) == expected


@pytest.mark.parametrize("name", WITHOUT)
def test_expression_without_weight(name: str) -> None:
    weigh, expr = WITHOUT[name]
    with pytest.raises(Lacks):
        weigh.of(expr)


def claimed(expr: Expr, state: Expr, change: Any) -> bool:
    rule = Rule("made", expr, {m: state}, {lr: 0.1, weight_decay: 0.0}, Source("tests"))
    return second_check(Covariant("", rule, change)).holds


def test_second_prover_sees_what_the_first_may_miss() -> None:
    momentum = (m + g) / 2
    assert claimed(x - lr * momentum, momentum, Flipped())
    assert not claimed(x - lr * momentum**2, momentum, Flipped())
    assert claimed(x - lr * sign(m + g), momentum, Scaled({x: 0, g: 1}))
    assert not claimed(x - lr * sign(m + g - 1), momentum, Scaled({x: 0, g: 1}))
    assert not claimed(x, momentum, Flipped()), "what stands still passes"


# ------------------------------------------------------------------------------------------ candidates
def look(law: str, cls: type, rule: str = "") -> Evidence:
    (asked,) = (p for p in symmetries if p.name == law)
    return asked.run(Candidate.of(cls, rule), Check(law, rule, cls.__name__), Settings(), lambda entry: None)


@pytest.mark.parametrize("name", ["AdamW", "Lion", "SGD", "Rprop", "LAMB", "Muon", "Adafactor"])
def test_symmetries_of_correct_optimizers_are_seen(name: str) -> None:
    cls = getattr(torch.optim, name, None) or available()[name.lower()]
    candidate = Candidate.of(cls)
    asked = [p for p in symmetries if p.applies(candidate.rule({}))]
    assert asked
    for p in asked:
        assert look(p.name, cls).verdict is Verdict.LAWFUL, p.name


class Changed:
    """An optimizer whose gradients are changed before it sees them."""

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        for group in self.param_groups:  # type: ignore[attr-defined]
            for p in group["params"]:
                p.grad.copy_(self.change(p, p.grad))
        return super().step(closure)  # type: ignore[misc]

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        raise NotImplementedError


class HiddenFloor(Changed, AdamW):
    """Takes small gradients for 0."""

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        return torch.where(grad.abs() < 1e-2, 0.0, grad)


class Biased(Changed, Lion):
    """Adds a little to every gradient."""

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        return grad + 1e-3


class ByPlace(Changed, SGD):
    """The last element of a tensor sees half its gradient."""

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        grad.view(-1)[-1] *= 0.5
        return grad


class Centralised(Changed, SGD):
    """The gradient's mean over the tensor is taken off."""

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        return grad - grad.mean()


class DecaysInside(Changed, AdamW):
    """L2 in the clothes of AdamW."""

    def change(self, p: Tensor, grad: Tensor) -> Tensor:
        return grad + 0.3 * p


BROKEN = [
    ("scale_invariance", HiddenFloor, "adamw"),
    ("gradients_have_a_unit", HiddenFloor, "adamw"),
    ("scale_freeness", DecaysInside, "adamw"),
    ("translation_symmetry", DecaysInside, "adamw"),
    ("change_of_units", DecaysInside, "adamw"),
    ("sign_symmetry", Biased, "lion"),
    ("permutation_symmetry", ByPlace, "sgd"),
    ("shards_are_independent", Centralised, "sgd"),
]


@pytest.mark.parametrize(("law", "cls", "rule"), BROKEN, ids=[f"{law}-{c.__name__}" for law, c, _ in BROKEN])
def test_a_broken_symmetry_is_found(law: str, cls: type, rule: str) -> None:
    evidence = look(law, cls, rule)
    assert (
        evidence.verdict is Verdict.UNLAWFUL
        and "what the change of the inputs makes" in evidence.findings[0].message
    )


def test_a_symmetry_that_the_change_does_not_break_stays() -> None:
    assert look("permutation_symmetry", Centralised, "sgd").verdict is Verdict.LAWFUL
    assert look("sign_symmetry", HiddenFloor, "adamw").verdict is Verdict.LAWFUL


def test_an_optimizer_that_does_not_move_has_shown_nothing() -> None:
    class Still(SGD):
        def step(self, closure: Any = None) -> None:
            return None

    evidence = look("sign_symmetry", Still, "sgd")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "move" in evidence.notes[0]


def test_a_constructor_that_cannot_say_what_must_change_is_not_asked() -> None:
    class FixedEps(AdamW):
        def __init__(self, params: Any, lr: float = 1e-3) -> None:
            super().__init__(params, lr)

    evidence = look("scale_invariance", FixedEps, "adamw")
    assert evidence.verdict is Verdict.NOT_APPLICABLE and "eps" in evidence.notes[0]


def test_state_is_counted() -> None:
    class Hoards(SGD):
        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    self.state[p]["copy"] = p.clone()
            super().step(closure)

    def counted(cls: type, rule: str) -> Evidence:
        return memory.run(Candidate.of(cls, rule), Check("memory", rule, ""), Settings(), lambda entry: None)

    assert counted(AdamW, "adamw").verdict is Verdict.LAWFUL and "8 bytes" in counted(AdamW, "adamw").notes[0]
    assert counted(Hoards, "sgd").verdict is Verdict.NOT_APPLICABLE
