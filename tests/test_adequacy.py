"""What differs from a rule by one change is told from it by the inputs of `check`, and mutants are what they say."""

import pytest

from lawful.properties.identification.adequacy import adequacy
from lawful.properties.scenarios.defaults import default_scenario
from lawful.verify.language.families import find_rule, rules
from lawful.verify.variants.mutants import Opened, closed, mutants
from lawful.verify.variants.sameness import Sameness, sameness


@pytest.mark.parametrize("rule", ["adamw", "sgd(nesterov=True)", "lion"])
def test_no_mutant_survives(rule: str) -> None:
    found = adequacy(rule)
    assert found.mutants > 60
    assert not found.survivors
    assert found.killed + len(found.equal) == found.mutants


def test_weak_inputs_let_mutants_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measure measures: the defaults alone, without decay or momentum, show less."""
    own = lambda candidate, profile, seed: [default_scenario(candidate, seed)]  # noqa: E731
    monkeypatch.setattr("lawful.properties.identification.adequacy.asked", own)
    assert adequacy("sgd").survivors


@pytest.mark.parametrize("name", rules())
def test_a_rule_is_put_together_as_it_was(name: str) -> None:
    """Up to how sympy writes roots of products."""
    rule = rules()[name]()
    opened = Opened(rule)
    assert sameness(closed(opened.open, opened.defined), rule) is not Sameness.NONE


def test_mutants_differ_from_their_rule_by_what_they_say() -> None:
    rule = find_rule("adam")
    said = {mutant.words: mutant for mutant in mutants(rule)}
    for words in (
        "with v_t/(1 − beta1^t) instead of v_t/(1 − beta2^t) in v_hat",
        "with g instead of g + wd·x in g_t",
        "with v_t instead of v_t/(1 − beta2^t) in v_hat",
        "m keeps its first value",
        "v starts at 1",
        "with beta2 instead of beta1 throughout",
    ):
        assert sameness(said[words].rule, rule) is Sameness.NONE, words
