"""Bounds, limits of stability and equilibria: the provers refuse what is false, predictions find what breaks them."""

from dataclasses import replace

import pytest
import torch
from sympy import Abs, Max, Rational, Symbol, sign, sqrt
from torch import Tensor

from lawful.optimizers import SGD, SGDW, Adam, Adamax, AdamW, AdamWScheduleFree, Lion, NAdam
from lawful.properties.dynamics import hadamard, on_signs, path_of
from lawful.properties.predictions import predictions
from lawful.properties.runs.lanes import radius
from lawful.properties.runs.looking import look
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Verdict
from lawful.verify.language.symbols import beta1, beta2, eps, g, lr, momentum, t, weight_decay, x
from lawful.verify.laws.step_size import rho
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.claims import Claim, Kept, Stable
from lawful.verify.provers.maps import Linearised
from lawful.verify.rules.adam import adam
from lawful.verify.rules.lion import lion
from lawful.verify.theory.along_schedules import AverageOfRun
from lawful.verify.theory.dynamics import Bound, Threshold
from lawful.verify.theory.law import find_law, laws
from lawful.verify.theory.prediction import MeanSquare, Moves, Pinned, StableUpTo, c

a, y = Symbol("a", positive=True), Symbol("y", real=True)
gap, q = Symbol("gap", nonnegative=True), Symbol("q", nonnegative=True)
w, z, u = (Symbol(name, real=True) for name in ("w", "z", "u"))
half = {gap: gap / 2 + g**2}


def holds(claim: Claim) -> bool:
    """Both provers, which must agree."""
    first, second = prove(claim).holds, second_check(claim).holds
    assert first == second, f"the provers disagree: {first}, {second}"
    return first


TRUE = {
    "a sum of squares": Kept("", {y: y / 2 + g**2}, {y: q}, {gap: y}, half),
    "a sign": Kept("", {y: y + 1 - sign(g)}, {y: q}, {gap: y}, {gap: gap + 1 - sign(g)}),
    "a maximum": Kept("", {y: Max(y, g)}, {y: q}, {gap: y}, {gap: gap + Max(y, g) - y}),
    "on a part of the reals": Kept("", {y: (1 - a) * y}, {y: q}, {gap: y}, {gap: (1 - a) * gap}, {a: (0, 1)}),
    "stable": Stable("", {w: (1 - a) * w}, a, Rational(2)),
    "stable in two": Stable("", {w: (1 - a) * w - z / 2, z: a * w + z / 2}, a, Rational(3)),
    "a slope": Linearised("", {w: w**3 + a * w}, {w: y}, z, z - 3 * y**2 - a),
    "the slope of a root": Linearised("", {w: sqrt(w)}, {w: a**2}, z, z - 1 / (2 * a)),
    "slopes of two": Linearised("", {w: w * u, u: w / u}, {w: y, u: a}, z, (z - a) * (z + y / a**2) - y / a),
}

FALSE = {
    "negative at first": Kept("", {y: y / 2 + g**2}, {y: q - 1}, {gap: y}, half),
    "negative for few gradients": Kept(
        "", {y: y / 2 + g**2 - Rational(1, 10**6)}, {}, {gap: y}, {gap: gap / 2 + g**2 - Rational(1, 10**6)}
    ),
    "negative in a gap of 1/50": Kept(
        "", {y: (g - 1) ** 2 - Rational(1, 10**4)}, {}, {gap: y}, {gap: (g - 1) ** 2 - Rational(1, 10**4)}
    ),
    "a sign, doubled": Kept("", {y: y + 1 - 2 * sign(g)}, {y: q}, {gap: y}, {gap: gap + 1 - 2 * sign(g)}),
    "off that part": Kept("", {y: (1 - a) * y}, {y: q + 1}, {gap: y}, {gap: (1 - a) * gap}, {a: (0, 2)}),
    "stable, the limit too far": Stable("", {w: (1 - a) * w}, a, Rational(2) + Rational(1, 10**12)),
    "stable, the limit too near": Stable("", {w: (1 - a) * w}, a, Rational(2) - Rational(1, 10**12)),
    "never stable": Stable("", {w: (1 + a) * w}, a, Rational(1)),
    "not linear": Stable("", {w: w - a * w**3}, a, Rational(2)),
    "a slope elsewhere": Linearised("", {w: w**3 + a * w}, {w: y}, z, z - 3 * y - a),
    "the slope at a corner": Linearised("", {w: Abs(w)}, {w: y * 0}, z, z),
    "the slope of a root at 0": Linearised("", {w: sqrt(w)}, {w: y * 0}, z, z),
    "slopes of two, one forgotten": Linearised(
        "", {w: w * u, u: w / u}, {w: y, u: a}, z, (z - a) * (z + y / a**2)
    ),
}


@pytest.mark.parametrize("claim", TRUE.values(), ids=TRUE)
def test_true_claim_passes_both_provers(claim: Claim) -> None:
    assert holds(claim)


@pytest.mark.parametrize("claim", FALSE.values(), ids=FALSE)
def test_false_claim_passes_neither(claim: Claim) -> None:
    assert not holds(claim)


def test_a_reason_that_is_not_the_next_value_proves_nothing() -> None:
    claim = TRUE["a sum of squares"]
    assert isinstance(claim, Kept)
    assert not prove(replace(claim, because={gap: gap + g**2})).holds


@pytest.mark.parametrize("name", [name for name, law in laws().items() if isinstance(law, Bound | Threshold)])
def test_the_limit_of_a_law_is_exact(name: str) -> None:
    """A hundredth less is refused: as a limit of stability, or because some gradients exceed the bound."""
    law = find_law(name)
    if isinstance(law, Threshold):
        assert not replace(law, limit=law.limit * Rational(99, 100)).answers(second_check).holds
    elif isinstance(law, Bound):
        tighter = {s: e - (e + abs(e)) / 100 for s, e in law.gaps.items()}
        attained = replace(law, gaps=tighter)
        assert law.formula() and attained.formula()
        assert not attained.answers(prove).holds


# ----------------------------------------------------------------------------------- on implementations
BUNDLED = {
    "sgd": SGD,
    "sgdw": SGDW,
    "adam": Adam,
    "adamw": AdamW,
    "lion": Lion,
    "adamw_schedulefree": AdamWScheduleFree,
}

BROKEN = {
    "adam_obeys_cauchy_schwarz": (Adamax, "adam"),
    "largest_step_of_adam": (NAdam, "adam"),
    "alternating_gradients_move_adam_less": (NAdam, "adam"),
    "adamw_needs_a_wider_box": (Adam, "adamw"),
    "adamw_rests_by_a_barrier": (Adam, "adamw"),
    "adamw_equilibrium": (Adam, "adamw"),
    "adam_with_l2_rests_at_minus_wd_x": (AdamW, "adam"),
    "lion_keeps_the_box": (AdamW, "lion"),
    "lion_equilibrium_without_memory": (AdamW, "lion"),
    "sgdw_equilibrium": (SGD, "sgdw"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_another_optimizer_breaks_the_prediction(name: str) -> None:
    cls, rule = BROKEN[name]
    assert refused(name, Candidate.of(cls, rule))


def refused(law: str, candidate: Candidate) -> bool:
    """Whether some prediction of the law finds that the candidate is not what it claims."""
    about = [p for p in find_law(law).predicts if p.claimed.hash == candidate.rule({}).hash]
    assert about
    verdicts = [look(p, candidate, 0).verdict for p in about]
    return Verdict.UNLAWFUL in verdicts


class Heavier(SGD):
    """Its momentum is 1 % more than it is told."""

    @torch.no_grad()
    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        for group in self.param_groups:
            group["momentum"] *= 1.01
        result = super().step(closure)
        for group in self.param_groups:
            group["momentum"] /= 1.01
        return result


class Faster(Adam):
    """Steps are 1 % longer than they should be."""

    def __init__(
        self,
        params: list[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, 1.01 * lr, betas, eps, weight_decay)


class NaN(Adam):
    """Ends in NaN."""

    @torch.no_grad()
    def step(self, closure=None):  # type: ignore[no-untyped-def, override]
        for group in self.param_groups:
            for p in group["params"]:
                p.mul_(torch.nan)


@pytest.mark.parametrize("law", ["momentum_widens_stability", "nesterov_narrows_it"])
def test_one_percent_more_momentum_moves_the_limit_of_stability(law: str) -> None:
    assert refused(law, Candidate.of(Heavier, "sgd"))


ADAM = [
    name
    for name, law in laws().items()
    for p in law.predicts
    if isinstance(p, Pinned) and p.claimed == adam()
]


STILL = {"adam_with_l2_rests_at_minus_wd_x", "steps_below_half_the_roundoff_are_lost"}
"""Where the law is that nothing moves, or says how long a step is to a factor of 2 only."""

AVERAGES = {name for name in ADAM if any(isinstance(p, AverageOfRun) for p in laws()[name].predicts)}
"""Means of a run of the same optimizer hold at any learning rate."""


@pytest.mark.parametrize("law", sorted({*ADAM} - STILL - AVERAGES))
def test_one_percent_longer_steps_break_every_prediction_of_steps(law: str) -> None:
    assert refused(law, Candidate.of(Faster, "adam"))


@pytest.mark.parametrize("law", sorted({*ADAM}))
def test_nan_is_no_agreement(law: str) -> None:
    assert refused(law, Candidate.of(NaN, "adam"))


FALSE_PREDICTIONS = {
    "a path": (Moves(adam(), {eps: 0.0}, c, x - Rational(99, 100) * lr), Adam),
    "a limit": (StableUpTo(adam(), {lr: 0.5, beta1: 0.5, eps: 1.0}, 2 / lr, start=1e-9), Adam),
    "a mean square": (
        MeanSquare(lion(), {lr: 0.5, beta1: 0.0, weight_decay: 1.0}, lr / (2 * weight_decay)),
        Lion,
    ),
}


@pytest.mark.parametrize("name", FALSE_PREDICTIONS)
def test_a_false_prediction_is_refused(name: str) -> None:
    prediction, cls = FALSE_PREDICTIONS[name]
    assert look(prediction, Candidate.of(cls), 0).verdict is Verdict.UNLAWFUL


def test_gradients_that_float64_does_not_hold_are_an_error_of_the_law() -> None:
    with pytest.raises(ValueError, match="not a float64"):
        look(Moves(adam(), {}, c / 3, x), Candidate.of(Adam), 0)


def test_the_gradients_of_the_law_reach_well_above_lr() -> None:
    (prediction,) = find_law("adam_obeys_cauchy_schwarz").predicts
    assert isinstance(prediction, Moves)
    assert float(rho.subs({beta1: 0.5, beta2: 0.75, t: prediction.steps})) > 1.2


GIVEN = [p for law in laws().values() for p in law.predicts if isinstance(p, Moves | MeanSquare)]


@pytest.mark.parametrize("prediction", GIVEN, ids=lambda p: f"{type(p).__name__}-{p.claimed}")
def test_budgets_leave_no_room(prediction: Moves | MeanSquare) -> None:
    """A prediction within a budget that has grown out of hand says nothing."""
    candidate = Candidate.of(BUNDLED[prediction.claimed.name], prediction.claimed.name)
    given = (
        path_of(prediction, candidate)[0]
        if isinstance(prediction, Moves)
        else on_signs(prediction, candidate)
    )
    assert max(float(radius(state).max()) for state in given.expected(candidate)) < 1e-8


@pytest.mark.parametrize("order", [2, 8, 64])
def test_signs_are_balanced_and_orthogonal(order: int) -> None:
    signs = hadamard(order)
    assert signs.shape == (order - 1, order) and set(signs.unique().tolist()) == {-1.0, 1.0}
    assert torch.equal(signs.sum(1), torch.zeros(order - 1, dtype=signs.dtype))
    assert torch.equal(signs @ signs.T, order * torch.eye(order - 1, dtype=signs.dtype))


def test_a_law_does_not_apply_where_the_user_fixes_what_it_pins() -> None:
    law = next(p for p in predictions if p.name == "momentum_widens_stability")
    check = Check(law.name, "sgd", "SGD")
    candidate = Candidate.of(SGD, "sgd", {"weight_decay": 0.1})
    evidence = law.run(candidate, check, Settings(), lambda entry: None)
    assert evidence.verdict is Verdict.NOT_APPLICABLE and weight_decay.name in evidence.notes[0]


def test_a_fixed_learning_rate_is_the_one_that_predictions_speak_of() -> None:
    law = next(p for p in predictions if p.name == "l2_is_torch_decay_for_sgd")
    candidate = Candidate.of(SGD, "sgd", {"lr": 0.2})
    evidence = law.run(candidate, Check(law.name, "sgd", "SGD"), Settings(), lambda entry: None)
    assert evidence.verdict is Verdict.LAWFUL


def test_momentum_named_in_a_law_is_that_of_the_rule() -> None:
    for prediction in find_law("momentum_widens_stability").predicts:
        assert isinstance(prediction, StableUpTo) and momentum in prediction.pins
