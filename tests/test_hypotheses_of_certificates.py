"""What a certificate takes as given of its symbols is what is printed of them, or less."""

import pytest
from sympy import Expr, Integer, Symbol, oo, sympify

from lawful.verify.certificates.given import given
from lawful.verify.certificates.prove import BEYOND, theorem
from lawful.verify.certificates.terms import Condition, counts
from lawful.verify.language.symbols import beta1
from lawful.verify.provers.claims import Equal
from lawful.verify.rules.rprop import rprop
from lawful.verify.theory.hypotheses import Place, free, place, places
from lawful.verify.theory.law import find_law, laws

s = Symbol("s", real=True)
UNIT = Place(Integer(0), Integer(1), closed=True)


def implied(condition: Condition, symbol: Symbol, here: Place) -> bool:
    """Whether a condition on where a symbol lies holds wherever that may be."""
    rises = sympify(condition.of).diff(symbol) == 1
    gap: Expr = condition.of.subs(symbol, here.low if rises else here.high)
    reached = rises and here.closed
    return bool(gap.is_positive or (gap == 0 and (condition.relation == "<=" or not reached)))


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition("<=", s), True),
        (Condition("<", s), False),
        (Condition("<", 1 - s), True),
        (Condition("<", s + 1), True),
        (Condition("<", Integer(1) / 2 - s), False),
        (Condition("<=", s - 1), False),
    ],
)
def test_a_condition_that_a_place_does_not_grant_is_seen(condition: Condition, holds: bool) -> None:
    assert implied(condition, s, UNIT) == holds
    assert not implied(Condition("<", 1 - s), s, Place(Integer(0), oo))


@pytest.mark.parametrize("name", laws())
def test_no_certificate_takes_more_as_given_than_is_printed(name: str) -> None:
    law = find_law(name)
    printed = places(law.claimed, law.rules)
    for claim in (c for c in law.claimed if type(c) not in BEYOND):
        for hypothesis in given(free(claim), getattr(claim, "over", {})).hypotheses:
            (symbol,) = hypothesis.condition.of.free_symbols & free(claim)
            assert counts(symbol) or implied(hypothesis.condition, symbol, printed[symbol]), hypothesis.text


def test_these_are_the_hypotheses_of_the_theorem() -> None:
    claim = Equal("", s / (1 - beta1), s / (1 - beta1), over={s: (Integer(2), Integer(3))})
    told = [h.text for h in given(free(claim), claim.over).hypotheses]
    assert told == ["0 <= beta1", "beta1 < 1", "2 < s", "s < 3"]
    assert all(f"{text} ->" in theorem(claim).statement for text in told)


def test_the_least_value_of_a_domain_is_printed() -> None:
    rule = rprop()
    words = {symbol.name: place(symbol, {}, [rule]).words for symbol in rule.defaults}
    assert words["etaplus"] == "{} > 1" and words["lr"] == "{} > 0" and words["etaminus"] == "0 < {} < 1"
