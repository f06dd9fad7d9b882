"""A law says something of its rule: with one change in the rule, it no longer holds. A lemma speaks of no rule."""

from collections.abc import Iterator

import pytest
from sympy import Integer

from lawful.verify.language.rule import Rule, Source
from lawful.verify.language.symbols import lr, x
from lawful.verify.laws.adaptive_decay import adamw_is_adam_without_decay
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.rules.sgd import sgd
from lawful.verify.theory.law import Law, false_if, laws
from lawful.verify.theory.symmetries import Symmetry
from lawful.verify.theory.theorems import Identity
from lawful.verify.variants.mutants import mutants


def changed(law: Law) -> Iterator[tuple[Law, str]]:
    """The law of every rule that differs from one of its own by one change."""
    for rule in law.about:
        for mutant in mutants(rule):
            if isinstance(law, Symmetry):
                yield law.of_one(mutant.rule), mutant.words
            else:
                yield law.with_rule(rule, mutant.rule), mutant.words


def killed(law: Law) -> str:
    """The first change of a rule for which arithmetic finds the law false; empty if there is none."""
    return next((words for other, words in changed(law) if other.answers(second_check).refuted), "")


NAMES = [name for name, law in laws().items() if law.role == "law"]


@pytest.mark.parametrize("name", NAMES[::12])
def test_a_law_fails_for_a_mutant_of_its_rule(name: str) -> None:
    assert killed(laws()[name])


@pytest.mark.thorough
@pytest.mark.parametrize("name", NAMES)
def test_every_law_fails_for_a_mutant_of_its_rule(name: str) -> None:
    """Two minutes of processor time and more."""
    assert killed(laws()[name])


def test_a_law_that_holds_of_anything_is_found() -> None:
    for rule in (sgd(), Rule("sgd", x - lr, {}, {lr: 0.1}, Source("tests"))):
        trivial = Identity(
            "",
            {x + lr: lr + x * Integer(1)},
            source=Source("tests"),
            refuses=false_if("", equations={x: x + 1}),
        )
        assert not killed(trivial) and trivial.role == "lemma", rule


def test_a_law_of_two_rules_is_about_both() -> None:
    assert {rule.name for rule in adamw_is_adam_without_decay.about} == {"adam", "adamw"}
