"""The answer "yes" as a law: both rules, run side by side, agree for ever. Two provers, and a false neighbour.

What the second prover's exact arithmetic does not know (functions of whole tensors, powers that are no fractions) is
held against the rules run in balls, as `lawful.verify.oracle.confirm` runs them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from random import Random

from sympy import Expr, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Source
from lawful.verify.language.symbols import g, lr, t
from lawful.verify.provers.algebra.prove import prove
from lawful.verify.provers.algebra.unroll import at
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.claims import Always, Claim
from lawful.verify.provers.runs import nth
from lawful.verify.theory.inductions import Equivalence
from lawful.verify.theory.law import Neighbour, false_if
from lawful.verify.theory.proof import Proof
from lawful.verify.translation.balls import agree
from lawful.verify.translation.question import Question
from lawful.verify.translation.rewriting import (
    begins,
    corrected,
    corrections,
    homogeneous,
    in_units,
    lacking,
)
from lawful.verify.translation.settings import Formulas

OWN = Source("lawful", "found and proved here")
FIRST = nth(g, 1)


@dataclass(frozen=True)
class Translated(Equivalence):
    """An equivalence that stands in no catalogue."""

    name = "translation"


@dataclass(frozen=True)
class Rewritten(Translated):
    """One of which the claim is made about rules rewritten so that algebra sees more (see `rewriting`)."""

    def claims(self) -> Iterable[Claim]:
        """One induction over both rules; from the second step on, where the first is another."""
        second, meaning = in_units(self.right, self.under, self.varying)
        known = corrections(self.left, second)
        left, right = (homogeneous(corrected(rule, known)) for rule in (self.left, second))
        like = replace(self, left=left, right=right, under=meaning, varying=(*self.varying, *lacking(known)))
        (claim,) = Translated.claims(like)
        assert isinstance(claim, Always)
        return [_from_the_second_step(claim) if begins(self.left) or begins(self.right) else claim]


def _from_the_second_step(claim: Always) -> Always:
    """The same claim, with what is there after the first step for a start."""
    first = {s: at(e, {**claim.start, t: 1, g: FIRST}) for s, e in claim.state.items()}
    further = {s: at(e, {t: t + 1}) for s, e in claim.state.items()}
    return replace(claim, start=first, state=further)


def equivalence(
    question: Question, setting: Formulas, states: Mapping[Symbol, Expr], **more: object
) -> Equivalence:
    """That the second rule, so set, does what the first does."""
    return Translated(
        f"{question.second}, set so, does what {question.first} does.",
        question.first,
        question.second.replace(dict(setting)),
        under=dict(states),
        source=OWN,
        refuses=_neighbour(question, setting),
        **more,  # type: ignore[arg-type]
    )


def _neighbour(question: Question, setting: Formulas) -> Neighbour:
    """The rule with one of its hyperparameters as it is in the other, or with twice the learning rate."""
    changed = [s for s, e in setting.items() if e != s and e != 0 and s in question.first.defaults]
    symbol = changed[-1] if changed else lr
    wrong = symbol if changed else 2 * symbol
    right = question.second.replace({**setting, symbol: wrong})
    return false_if(f"with {plain(symbol)} = {plain(wrong)}", right=right)


def proved(law: Equivalence) -> Proof:
    """Its proof, with the rules rewritten where they do not show it as they are."""
    *others, last = _forms(law)
    for form in others:
        if (proof := form.prove()).proved:
            return _checked(law, proof)
    return _checked(law, last.prove())


def holds(law: Equivalence) -> bool:
    """Whether algebra proves a law and the second prover does not refute it."""
    return any(form.answers(prove).holds and not form.answers(second_check).refuted for form in _forms(law))


def _forms(law: Equivalence) -> list[Equivalence]:
    """The law about the rules as they are, unless they look at whole tensors; and about the rules rewritten."""
    held = {f.name: getattr(law, f.name) for f in fields(law)}
    plain_ = [law] if {law.left.scope, law.right.scope} == {"lane"} else []
    return [*plain_, Rewritten(**held)]


def _checked(law: Equivalence, proof: Proof) -> Proof:
    """The proof, checked again in balls where the second prover cannot say."""
    if not proof.proved or proof.confirmed or any(second_check(c).certain for c in law.claimed):
        return proof
    random = Random(law.statement)
    confirmed, words = agree(law.left, law.right, random)
    refused = not agree(law.left, law.neighbour().right, random)[0]
    return replace(proof, confirmed=confirmed, refused=refused, second_check=words)
