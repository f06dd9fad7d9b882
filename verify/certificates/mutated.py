"""A law of a wrong rule: where arithmetic finds it false, the scripts must not prove it either."""

from collections.abc import Iterator
from itertools import islice

from lawful.verify.certificates.certificate import HEAD, false_beside, refused
from lawful.verify.certificates.prove import theorem
from lawful.verify.certificates.terms import Untranslatable
from lawful.verify.certificates.theorem import comment
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.theory.law import Law
from lawful.verify.variants.mutants import UNANALYSED, mutants

TRIES = 20
"""How many changes of a rule are looked at."""


def mutated(law: Law) -> str:
    """A file of Coq in which the law of a rule with one change is refused.

    The change is the first for which arithmetic finds the law false and which Coq can say; empty if there is none.
    """
    own = [theorem(claim) for claim in law.claims()]
    for other, words in islice(_changed(law), TRIES):
        try:
            wrong = false_beside(other, own) if other.answers(second_check).refuted else []
        except (Untranslatable, *UNANALYSED):
            continue
        if wrong:
            return "\n".join([HEAD, comment(f"{law.statement} But {words}."), refused(wrong)])
    return ""


def _changed(law: Law) -> Iterator[tuple[Law, str]]:
    for rule in law.about:
        for mutant in mutants(rule):
            yield law.with_rule(rule, mutant.rule), mutant.words
