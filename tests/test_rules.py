"""Rules are what their sources say, conventions are checked, and texts name them."""

from fractions import Fraction

import pytest
from sympy import Rational, Symbol, simplify

from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import find_family, find_rule, rules
from lawful.verify.language.names import normal
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import b, beta1, beta2, eps, g, lr, m, momentum, t, v, weight_decay, x
from lawful.verify.language.tensors import SIZES

NAMES = ["adam", "adamw", "adopt", "amsgrad", "lion", "rmsprop", "sgd", "sgdw"]


def test_every_family_is_found_by_scanning() -> None:
    assert set(NAMES) <= {family.name for family in rules().values()}


@pytest.mark.parametrize("family", rules().values(), ids=lambda f: f.name)
def test_a_rule_is_complete(family) -> None:  # type: ignore[no-untyped-def]
    """Every symbol is the parameter, the gradient, the step, a state with a next value, or a hyperparameter."""
    for convention, values in family.conventions.items():
        for value in values:
            try:
                rule = family(**{convention: value})
            except Unanswerable as reason:  # a convention that is known with others alone, which is said
                assert f"{family.name}({convention}=" in str(reason)
                continue
            known = {x, g, t, *SIZES, *rule.state, *rule.hyperparameters}
            used = rule.x.free_symbols.union(*(e.free_symbols for e in rule.state.values()))
            assert used <= known, (str(rule), used - known)
            assert str(rule.source)


def step(
    rule: Rule, gradient: Fraction, state: dict[Symbol, Fraction], at: int, **hyper: Fraction
) -> dict[Symbol, Fraction]:
    """One exact step."""
    numbers = {s: hyper[s.name] for s in rule.hyperparameters}
    point = {**numbers, **state, g: gradient, t: at}
    here = {
        s: Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else value
        for s, value in point.items()
    }
    return {s: e.subs(here) for s, e in {x: rule.x, **rule.state}.items()}


def test_adamw_by_hand() -> None:
    """First step: x·(1 − lr·wd) − lr·g/(|g| + eps)."""
    half = Fraction(1, 2)
    hyper = {
        "lr": Fraction(1, 4),
        "beta1": half,
        "beta2": Fraction(3, 4),
        "eps": half,
        "weight_decay": Fraction(1, 8),
    }
    after = step(
        find_rule("adamw"), Fraction(-2), {x: Fraction(3), m: Fraction(0), v: Fraction(0)}, 1, **hyper
    )
    assert after[x] == 3 * (1 - Rational(1, 32)) + Rational(1, 4) * 2 / Rational(5, 2)


def test_sgd_does_not_dampen_its_first_step() -> None:
    """torch.optim.SGD: the first buffer is the gradient, the second is dampened."""
    hyper = {
        "lr": Fraction(1),
        "momentum": Fraction(1, 2),
        "dampening": Fraction(1, 4),
        "weight_decay": Fraction(0),
    }
    first = step(find_rule("sgd"), Fraction(4), {x: Fraction(0), b: Fraction(0)}, 1, **hyper)
    second = step(find_rule("sgd"), Fraction(4), {x: Fraction(0), b: Fraction(4)}, 2, **hyper)
    assert (first[b], second[b]) == (4, 2 + 3)


def test_adopt_moves_nothing_at_first_and_clips_at_the_fourth_root() -> None:
    rule = find_rule("adopt")
    assert rule.at(1).x == x and rule.at(1).state[v] == (g + weight_decay * x) ** 2
    hyper = {
        "lr": Fraction(1),
        "beta1": Fraction(0),
        "beta2": Fraction(1, 2),
        "eps": Fraction(1, 100),
        "weight_decay": Fraction(0),
    }
    assert step(rule, Fraction(50), {x: Fraction(0), m: Fraction(0), v: Fraction(1)}, 17, **hyper)[x] == -2


def test_conventions_of_eps_agree_where_eps_is_0_and_nowhere_else() -> None:
    outside, hat = find_rule("adam"), find_rule('adam(eps="hat")')
    point = {
        x: 1,
        g: 2,
        m: 0,
        v: 0,
        t: 1,
        lr: Rational(1, 2),
        beta1: Rational(1, 2),
        beta2: Rational(1, 3),
        weight_decay: 0,
    }
    difference = (outside.x - hat.x).subs(point)
    assert simplify(difference.subs(eps, 0)) == 0 and simplify(difference.subs(eps, 1)) != 0


def test_maximize_negates_the_gradient_and_not_the_decay() -> None:
    up, down = find_rule("sgd(maximize=True)"), find_rule("sgd")
    assert simplify(up.x.subs({momentum: 0}) - down.x.subs({momentum: 0, g: -g})) == 0


def test_the_hash_is_of_the_mathematics() -> None:
    assert find_rule("adamw").hash == find_rule("AdamW()").hash != find_rule('adamw(eps="hat")').hash


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("adamm", "did you mean adam or "),
        ("adam(epz=1)", "unknown convention of adam 'epz'"),
        ("adam(eps='top')", "eps is one of 'outside', 'hat', 'inside'"),
        ("adam(eps=)", "not of the form"),
        ("adam(1)", "not of the form"),
        ("adam(**{})", "conventions are given by keyword"),
        ("adam(" * 300, "….? is not of the form"),
        ("adam(eps=hat)", 'hat is no value, perhaps eps="hat" is meant\\.$'),
        ("adam(eps=1 + x)", r"1 \+ x is no value\.$"),
        ("adam(eps=__import__('os'))", "not of the form"),
        ("nowhere.module:RULE", "No module named"),
        ("math:pi", "is a float, not a Rule or a Family"),
    ],
)
def test_a_wrong_name_is_answered_in_words(spec: str, said: str) -> None:
    with pytest.raises(Unanswerable, match=said.replace("(", r"\(")):
        find_rule(spec)


def test_names_are_compared_without_case_and_dashes() -> None:
    assert normal("Ams-Grad") == "amsgrad" and find_family("ADAM_W")[0].name == "adamw"


def test_a_rule_of_anybody_is_imported() -> None:
    assert find_rule("lawful.verify.rules.lion:lion").hash == find_rule("lion").hash
