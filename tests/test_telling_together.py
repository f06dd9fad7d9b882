"""What no equation tells alone: pairs of them, powers, and experiments made for a rule."""

import pytest
from flint import arb
from sympy import Integer, Pow, Rational, Symbol, sign, sqrt

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import beta2, t
from lawful.verify.translation import impossible as refuting
from lawful.verify.translation.elimination import polynomial, roots, ways
from lawful.verify.translation.equations import Equation, compact
from lawful.verify.translation.experiments import Course
from lawful.verify.translation.found import unconditional
from lawful.verify.translation.further import further, hangs_on_step, turn
from lawful.verify.translation.impossible import Impossible, impossible, simple
from lawful.verify.translation.inputs import of
from lawful.verify.translation.pairs import together
from lawful.verify.translation.powers import alone_in, by_step, powers_of, put_in, standing_for
from lawful.verify.translation.question import Question
from lawful.verify.translation.quotients import factored

LATE = "threshold=4", "decouple=True", 'eps_place="outside"'
"""Forms of which the first steps tell nothing."""

y, z = Symbol("y", nonnegative=True), Symbol("z", nonnegative=True)


def equations(*gaps: object) -> list[Equation]:
    return [Equation(of(0, 1), k, gap) for k, gap in enumerate(gaps, start=1)]  # type: ignore[arg-type]


def test_a_root_that_two_equations_have_in_common() -> None:
    one, other = (y**5 - y - 1) * (y - 3), (y**5 - 2 * y - 3) * (y - 3)
    assert together(equations(one)) is None  # a root of a quintic cannot be written
    found = together(equations(one, other))
    assert found is not None and len(found[0]) == 2 and found[1] == [(y, Integer(3))]
    none = together(equations(one, y**5 - 2 * y - 3))
    assert none is not None and none[1] == []


def test_the_determinant_of_two_that_are_linear_in_something() -> None:
    found = together(equations(z * y - z - 2, 2 * z * y - 2 * z - y))
    assert found is not None and found[1] == [(z, Rational(2, 3))]
    assert together(equations(z * y + 1, z * (y - 1) * y**3 - y**3 - z**2)) is None


def test_a_root_is_eliminated_as_an_unknown_is() -> None:
    root = sqrt(y**5 + y**3 + 3)
    found = together(equations(root - 1 - z, 2 * root - 2 - 3 * z))
    assert found is not None and found[1] == [(z, Integer(0))]


def test_a_polynomial_has_every_root_of_what_it_is_made_from() -> None:
    poly = polynomial(sqrt(y + 1) - y + 1)
    assert poly is not None and poly.eval(3) == 0 and (y, Integer(3)) in (roots(poly, y) or [])
    assert compact((y + 1) * (y - 2) / (y + 3)) == y - 2


def test_what_is_0_once_it_is_simplified_tells_nothing() -> None:
    assert ways((y + 1) ** 2 - y**2 - 2 * y - 1) is None and ways(sqrt(y) ** 2 * z - y * z) is None
    assert ways((y + 1) ** 2 - y**2 - 2 * y) == []


def test_a_quotient_of_polynomials_in_roots() -> None:
    root = sqrt(y + 1)
    assert factored(root**2 - y - 1) == 0
    assert (factored((y**2 - z**2) / (y + z)) - y + z).expand() == 0
    assert factored(y / 2 + z / 3).args == (Rational(1, 6), 3 * y + 2 * z)  # in whole numbers
    assert (factored((1 + root) * (1 - root) / z) + y / z).simplify() == 0
    assert factored(sign(y + z) * y) == y * sign(y + z)  # by sympy, which knows more than polynomials


def test_a_root_that_hangs_on_the_step_is_an_unknown_of_its_own() -> None:
    rule = find_rule("radam")
    (root,) = by_step(rule)
    known = alone_in(rule, 6, {beta2: y / (1 + y)})
    assert set(known) == {root} and known[root].is_nonnegative
    assert alone_in(rule, 6, {beta2: Rational(1, 2)}) == {} and by_step(find_rule("adam")) == {}


def test_a_power_is_one_and_something_that_is_not_negative() -> None:
    s, turned = standing_for(Rational(1, 2), 3 * y)
    assert turned == -1 and s.is_nonnegative and standing_for(Integer(2), 3 * y) == (s, 1)
    assert standing_for(Integer(2), 2 * y)[0] != s
    for base, exponent in ((Integer(-2), y), (Integer(2), y / 2), (Integer(1), y), (Integer(2), y + z)):
        with pytest.raises(NotImplementedError):
            standing_for(base, exponent)


def test_the_powers_of_a_rule_in_a_step() -> None:
    rule = find_rule("nadam")
    psi = next(s for s in rule.defaults if s.name == "momentum_decay")
    known = powers_of(rule, 2, {psi: y})
    assert {s for s, _ in known.values()} == {standing_for(Rational(24, 25), k * y)[0] for k in (2, 3)}
    ranges = put_in(known, {s: arb(1) for s, _ in known.values()})
    assert all(isinstance(p, Pow) and r == 0.5 for p, r in ranges.items())


def test_when_a_rule_goes_on_otherwise() -> None:
    for spec, step in (("radam", 6), ("radam(threshold=4)", 5), ("adam", 0)):
        rule = find_rule(spec)
        setting = simple(rule, frozenset())
        assert turn(rule, setting) == step and hangs_on_step(rule) == (step > 0)
        longest = max(len(e.gradients) for e in further(rule, Course(rule, setting, {})))
        assert longest == (step + 1 if step else 4)
    assert t not in find_rule("adam").defaults


def test_gradients_after_which_a_rule_rests() -> None:
    adam = find_rule("adam")
    setting = simple(adam, frozenset(s for s in adam.defaults if s.name == "weight_decay"))
    course = Course(adam, setting, {})
    first = further(adam, course)[0]
    assert first == of(0, 1, Rational(-1, 2), 0) and course.steps(first)[-1] == 0


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("radam(threshold=4)", "radam"),
        ("radam", 'radam(eps_place="outside")'),
        ("adam", "nadam"),
        *(('radam(early="nothing")', f'radam({other}, early="nothing")') for other in LATE),
    ],
)
def test_what_shows_late_or_in_powers_alone_is_proved(
    first: str, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refuting, "PATIENCE", 120.0)
    monkeypatch.setattr(refuting, "ROUNDS", (60.0,))  # on a busy machine a second is less
    question = Question.of(find_rule(first), find_rule(second))
    some = {"beta2", "eps"} | ({"weight_decay"} if "decouple" in second else set())
    why = impossible(question, [frozenset({s}) for s in question.first.defaults if s.name in some])
    assert isinstance(why, Impossible) and why.check.confirmed and why.check.refused


def test_what_is_added_under_a_root_may_begin_there() -> None:
    first, second = find_rule('adagrad(eps="inside")'), find_rule("adagrad")
    found = unconditional(first, second)
    assert found is not None and found.proof.proved and found.proof.confirmed and found.proof.refused
    names = {s.name: e for s, e in found.setting.items()}
    assert names["eps"] == 0 and str(names["initial_accumulator_value"]) == "eps + initial_accumulator_value"
    assert unconditional(second, first) is None


def test_why_it_is_open_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Question.of(find_rule("lion"), find_rule("lion"))
    assert "do not contradict every setting" in str(impossible(question, []))
    monkeypatch.setattr(refuting, "ROUNDS", (0.0,))
    assert "the elimination was given up after" in str(impossible(question, []))
