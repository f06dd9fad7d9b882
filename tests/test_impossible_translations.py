"""That no setting of a rule does what another does: proved where it is so, and never where there is one."""

from dataclasses import replace
from time import process_time

import pytest
from flint import arb
from sympy import Expr, S, Symbol, sqrt

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, eps, lr, t, weight_decay
from lawful.verify.translation import impossible as refuting
from lawful.verify.translation.claims import Claim
from lawful.verify.translation.elimination import sign_of, ways
from lawful.verify.translation.found import unconditional
from lawful.verify.translation.impossible import Impossible, impossible, simple
from lawful.verify.translation.question import Question
from lawful.verify.translation.ranges import course
from lawful.verify.translation.replay import replayed
from lawful.verify.translation.search import Branch, Search
from lawful.verify.translation.stepwise import stepwise
from lawful.verify.translation.translate import cases, settings, translated

Pair = tuple[str, str]

TRANSLATABLE = [
    ("adamw", 'adamw(decay="wd")'),
    ("adamw", 'adamw(decay_order="after")'),
    ("adamprox", "adamw"),
    ("sgd", 'sgd(lr_place="inside")'),
    ("lion", 'lion(decay="wd")'),
    ("muon", 'muon(rate="match_rms_adamw")'),
    *((name, name) for name in ("adam", "lamb", "adafactor", "nadam", "radam", "muon", "sgd(nesterov=True)")),
]


def asked(pair: Pair) -> Question:
    return Question.of(*map(find_rule, pair))


@pytest.mark.parametrize(
    ("first", "second", "zero"),
    [
        ("adam", 'adam(eps="hat")', [["beta2"], ["eps"]]),
        ("adam", "adamw", [["weight_decay"]]),
        ("sgd", "sgd(nesterov=True)", [["momentum"]]),
        ("sgd", 'sgd(decay="lr*wd")', [["momentum"], ["weight_decay"]]),
        ("lion(decouple=False)", "lion", [["weight_decay"]]),
        ("adam", "adam(amsgrad=True)", []),
        ("muon", "muon(nesterov=False)", [["momentum"]]),
        ("adafactor", 'adafactor(form="fairseq")', []),
        ('adam(eps="inside")', "adam(bias_correction=False)", []),
        ("rmsprop(centered=True, start=1)", "rmsprop(centered=True)", [[], ["alpha"]]),
        ("yogi", 'yogi(first_moment="zero")', [[], ["beta1"], ["initial_accumulator"]]),
    ],
)
def test_that_no_setting_does_is_proved(first: str, second: str, zero: list[list[str]]) -> None:
    answer = translated(find_rule(first), find_rule(second))
    assert answer.outcome == "no" and answer.witness and answer.witness.lines
    assert sorted(case.zero for case in answer.cases) == zero
    assert answer.nearest and answer.nearest.worst > 1e-6


def test_what_shows_in_large_weights_alone_is_proved_too() -> None:
    """Where random weights are shorter than the clamp, nothing is seen apart."""
    answer = translated(find_rule("lamb"), find_rule("lamb(clamp=True)"))
    assert answer.outcome == "no" and answer.nearest and answer.nearest.worst == 0


@pytest.mark.parametrize("pair", TRANSLATABLE, ids=" to ".join)
def test_nothing_is_refused_that_there_is(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """The elimination that finds contradictions finds none where there is a setting."""
    monkeypatch.setattr(refuting, "PATIENCE", 1.0)
    assert not isinstance(impossible(asked(pair), []), Impossible)


# ------------------------------------------------------------------------------------------------ the second check
def claimed(pair: Pair, zero: set[str]) -> tuple[Question, dict[Symbol, Expr], list[Claim]]:
    """The steps with which the elimination shows that there is no setting."""
    question = asked(pair)
    setting = simple(question.first, frozenset(s for s in question.first.defaults if s.name in zero))
    due = refuting._due(question, setting)
    search = Search(question.second, due, question.unknown, process_time() + 20)
    assert search.closes(Branch(refuting._begun(question, setting), {}, (), tuple(due)))
    return question, setting, search.claims


def test_each_step_is_checked_again_in_balls_and_a_false_one_is_found() -> None:
    question, setting, claims = claimed(("adam", 'adam(eps="hat")'), {"beta1", "weight_decay"})
    found = replayed(question.first, setting, question.second, claims)
    assert found.confirmed and found.refused and found.neighbour
    lame = [replace(claims[0], ways=[]), *claims[1:]]
    assert not replayed(question.first, setting, question.second, lame).confirmed
    moved = [replace(claims[0], ways=[(s, value + 1) for s, value in claims[0].ways]), *claims[1:]]
    assert not replayed(question.first, setting, question.second, moved).confirmed


def test_where_there_is_a_setting_the_second_check_refuses_the_proof_of_none() -> None:
    """The steps that are right for Adam with epsilon's hat are wrong for Adam, which can be set as itself."""
    question, setting, claims = claimed(("adam", 'adam(eps="hat")'), {"beta1", "weight_decay"})
    assert not replayed(question.first, setting, question.first, claims).confirmed


def test_the_range_of_a_weight_holds_every_branch() -> None:
    rule = find_rule("lamb(clamp=True)")
    setting = {s: arb(0.5) for s in rule.defaults}
    wide = {**setting, lr: arb(0.25).union(arb(0.5))}
    ends = course(rule, S(20), [S(1)], wide)[-1]
    assert ends.contains(course(rule, S(20), [S(1)], setting)[-1]) and ends.rad() < 5


def test_where_a_setting_would_leave_its_domain_there_is_none() -> None:
    """lr·√β2 is no learning rate at β2 = 0."""
    pair = ('nadam(momentum="constant")', 'nadam(momentum="constant", second="beta2*v")')
    found = unconditional(*map(find_rule, pair))
    assert found is not None and found.needed == (beta2,)
    why = impossible(asked(pair), [])
    assert isinstance(why, Impossible) and why.setting[beta2] == 0


def test_an_equation_and_the_values_that_make_it_hold() -> None:
    a, b = Symbol("a", nonnegative=True), Symbol("b", positive=True)
    assert ways(a * b) == [(a, S.Zero)]  # b is not 0
    assert ways((a + 1) * b) == [] and ways(a + b) == []
    assert ways(S.Zero * a) is None
    assert ways(a - (1 + b) ** S.Half) == [(a, (1 + b) ** S.Half)]
    roots = sqrt(2) + sqrt(3) - sqrt(5 + 2 * sqrt(6))  # 0
    assert (
        sign_of(b * (sqrt(3) - sqrt(2))) == 1
        and sign_of(b * (1 - sqrt(2))) == -1
        and sign_of(b * roots) is None
    )
    assert sign_of(a + b) == 1 and sign_of(-a - b) == -1 and sign_of(a) is None and sign_of(a - b) is None


# ------------------------------------------------------------------------------------------------ where FROM is set
def test_it_is_shown_at_the_setting_that_was_asked_about() -> None:
    adam, hat = find_rule("adam"), find_rule('adam(eps="hat")')
    setting = {**adam.defaults, eps: 1e-7}
    found = translated(hat, adam, setting)
    assert found.witness is not None and found.witness.asked and found.outcome == "no"
    assert found.witness.setting["eps"] == "1/10000000" and "of what FROM has" in found.witness.second_check


def test_what_is_0_in_the_setting_is_0_in_the_answer() -> None:
    adam, adamw = find_rule("adam"), find_rule("adamw")
    (case,) = settings(adam, adamw, {**adam.defaults, weight_decay: 0.0})
    assert cases([case])[0].zero == ["weight_decay"]
    other = cases(settings(adam, adamw, {**adam.defaults, weight_decay: 0.1}))
    assert not any(
        c.applies({**{s.name: d for s, d in adam.defaults.items()}, "weight_decay": 0.1}) for c in other
    )


def test_a_setting_that_is_another_at_every_step() -> None:
    """The neighbour: where the averages are the same, or nothing corrects them, there is none."""
    adam, hat = find_rule("adam"), find_rule('adam(eps="hat")')
    zero = frozenset({weight_decay})
    found = stepwise(adam, hat, zero)
    assert found is not None and found.following == (eps,)
    assert found.setting[eps] == eps * sqrt(1 - beta2**t)
    assert found.proof.proved and found.proof.confirmed and found.proof.refused
    assert stepwise(find_rule("lion"), find_rule("sgd"), frozenset()) is None
