"""Transformations: rules made of rules are followed by what does so, and told from neighbours; each is said once."""

from __future__ import annotations

import pytest
import torch
from sympy import ITE

from examples import transformed as made
from examples.asking import conformance
from examples.moving import Plain
from lawful.properties.identification.answering import answered
from lawful.properties.identification.composing import composed
from lawful.properties.identification.identify import identified
from lawful.properties.identification.probes import Subject
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.language.families import find_rule, rules, transformations

TWINS: list[tuple[str, type, type]] = [
    ("lookahead(sgd)", made.Slow, made.SlowAStepLate),
    ("lookahead(sgd)", made.Slow, made.SlowFromTheFirstMeeting),
    ('lookahead(sgd, begins="synchronised")', made.SlowFromTheFirstMeeting, made.Slow),
    ("clipped(sgd)", made.ClippedEach, made.ClippedByLargest),
    ('clipped(sgd, over="value")', made.ClippedByValue, made.ClippedEach),
    ("centralized(sgd)", made.Centred, made.CentredByColumns),
    ("grokfast(sgd)", made.Amplified, made.AmplifiedFromZero),
    ("warmed(sgd)", made.WarmedUp, made.WarmedUpFromZero),
    ("signed(sgd)", made.Momentum, made.SignOfGradient),
    ("cautious(sgd)", made.Careful, made.CarefulUnscaled),
    ("accumulated(sgd)", made.Gathers, made.GathersTheSum),
    ('accumulated(sgd, takes="sum")', made.GathersTheSum, made.Gathers),
    ("agc(sgd)", made.RowsBounded, made.TensorsBounded),
    ("adanorm(sgd)", made.NormsRemembered, made.NormsImposed),
    ("trusted(sgd)", made.Trusting, made.TrustingSquares),
    ("averaged(sgd)", made.Averages, made.AveragesTooMuch),
    ("aligned(sgd)", made.WithTheGradient, made.WithTheBuffer),
    ("layerwise(sgd)", made.Layered, made.LayeredByTheWhole),
    ("optimistic(sgd)", made.Optimistic, made.OptimisticFromZero),
]


@pytest.mark.parametrize(("rule", "right", "wrong"), TWINS, ids=[f"{n}-{w.__name__}" for n, _, w in TWINS])
def test_a_rule_made_of_a_rule_is_followed(rule: str, right: type, wrong: type) -> None:
    evidence = conformance(right, rule, torch.float64).evidence()
    assert evidence.verdict is Verdict.LAWFUL, evidence.findings
    assert conformance(wrong, rule, torch.float64).evidence().verdict is Verdict.UNLAWFUL


ALIKE = [
    ("trusted(adamw)", "lamb"),
    ("cautious(adamw)", "cautious_adamw"),
    ("maximal(adam)", "amsgrad"),
    ("nesterov(muon(nesterov=False))", "muon"),
    ("uncorrected(adam)", "adam(bias_correction=False)"),
]


@pytest.mark.parametrize(("made_of", "known"), ALIKE)
def test_known_families_are_such_rules(made_of: str, known: str) -> None:
    assert find_rule(made_of).mathematics == find_rule(known).mathematics


def test_each_makes_something_of_some_rule_and_its_name_is_read_back() -> None:
    for name, how in transformations().items():
        rule = find_rule(f"{name}({'rprop' if name == 'decayed' else 'adam'})")
        assert how.name in str(rule) and rule.hash != rules()["adam"]().hash
        assert find_rule(str(rule)).hash == rule.hash


def test_numbers_fix_hyperparameters() -> None:
    fixed, free = find_rule("lookahead(adam, k=6)"), find_rule("lookahead(adam)")
    assert {s.name for s in free.defaults} - {s.name for s in fixed.defaults} == {"k"}
    assert str(fixed) == "lookahead(adam, k=6)"


BAD = {
    "lookahead(3)": "3 is no rule",
    "(adamw)": "there is no name before the bracket",
    "lookahead": "say which, as in lookahead(adamw)",
    "lokahead(adam)": "did you mean lookahead",
    "lookahead(adam, j=6)": "known: begins, k, la_alpha",
    "lookahead(adam, k=0)": "k=0 is not in [1, 1e+06)",
    'lookahead(adam, k="six")': "k is a number, and not 'six'",
    "lookahead(lookahead(adam))": "lookahead is there already",
    "centralized(cautious(centralized(sgd)))": "centralized is there already",
    "lookahead(adamw, k=2.5)": "no whole number",
    "lookahead(adamw, k=5, k=6)": "k is given twice",
    "cautious(adamw)(lion)": "conventions are given by keyword",
    "adamw(sgd)": "adamw is a rule, and makes none of another",
    'cautious(adamw, mask="sum")': "did you mean mask_scale",
    "decayed(adamw)": "both have a convention 'decay_order'",
    "maximal(sgd)": "does not divide by a second moment",
    "nesterov(adagrad)": "does not step along an average",
    "uncorrected(lion)": "corrects nothing",
    "layerwise(rprop)": "has no weight decay to take the place of",
    'trusted(rprop, ratio="with decay")': "rprop has no weight decay",
    'adanorm(sgd, squares="raw")': "sgd has no second moment",
    "lookahead(adamw, k=1e400)": "k is larger than any float",
    f"clipped(adam, max_norm=1{'0' * 400})": "max_norm is larger than any float",
    'clipped(muon, over="parameters")': "looks at all tensors, and at the shape of each",
    'clipped(adam, over="all")': "over is one of 'tensor', 'parameters', 'value'",
}


@pytest.mark.parametrize("spec", BAD)
def test_what_makes_no_sense_is_refused_in_a_sentence(spec: str) -> None:
    with pytest.raises(Unanswerable) as refusal:
        find_rule(spec)
    assert BAD[spec] in str(refusal.value) and "\n" not in str(refusal.value)


class ClippedAdam(Plain):
    """Adam with gradients clipped over all parameters, as before its step."""

    def __init__(self, params: object, lr: float = 1e-3, max_norm: float = 1.0) -> None:
        super().__init__(params, lr)
        for group in self.param_groups:
            group.setdefault("max_norm", max_norm)

    @torch.no_grad()
    def step(self, closure: object = None) -> None:  # type: ignore[override]
        slopes = {p: p.grad for group in self.param_groups for p in group["params"]}
        norm = torch.stack([slope.double().norm() for slope in slopes.values()]).norm()
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = slopes[p] * min(1.0, group["max_norm"] / float(norm))
        super().step()
        for p, slope in slopes.items():
            p.grad = slope


def test_a_norm_over_all_parameters() -> None:
    right = conformance(ClippedAdam, 'clipped(adam, over="parameters")').evidence()
    assert right.verdict is Verdict.LAWFUL, right.findings
    assert conformance(ClippedAdam, "clipped(adam)").evidence().verdict is Verdict.UNLAWFUL


def test_decay_that_follows_the_schedule_knows_its_first_rate() -> None:
    decayed = find_rule('decayed(rprop, form="wd*lr/lr_0")')
    assert {"lr_0", "weight_decay"} <= {s.name for s in decayed.defaults}


def test_a_condition_on_cases_is_written_without_a_choice_of_conditions() -> None:
    assert not find_rule("centralized(ftrl)").x.has(ITE)


@pytest.mark.parametrize(
    ("cls", "rule"),
    [
        (made.Centred, "centralized(sgd)"),
        (made.Careful, "cautious(sgd)"),
        (made.SlowFromTheFirstMeeting, 'lookahead(sgd, begins="synchronised")'),
    ],
)
def test_what_follows_a_rule_made_of_a_rule_is_identified(cls: type, rule: str) -> None:
    assert answered(Subject(cls)).fits[0].rule == rule


def test_what_follows_none_is_not() -> None:
    found = identified(Subject(made.CentredByColumns), slips=False, beyond=composed)
    assert not found.fits and found.nearest is not None
