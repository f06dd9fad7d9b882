"""Which rule and which conventions an implementation really follows.

Rules in plain float64 are sorted by how much of the candidate's steps they leave unexplained, of the first step before
the others; the oracle with its budget judges those that leave next to nothing, and the nearest of the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from time import perf_counter, process_time

import torch

from lawful.properties.identification.inquiry import LEAST, Inquiry, Proposal
from lawful.properties.identification.probes import Subject
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import refuse_if_out_of_scope
from lawful.verify.language.family import Family
from lawful.verify.language.names import normal
from lawful.verify.variants.identity import Identity, Match
from lawful.verify.variants.mutants import mutants
from lawful.verify.variants.variants import Variant, ranked, variants

PATIENCE = 3.0
"""Seconds of this process for the slips of one rule."""

Search = Callable[[Inquiry, Sequence[Variant], str], list[tuple[Match, Proposal]]]
"""(runs, the nearest rules, the class's name) → more rules beside what was seen."""


def identified(
    subject: Subject,
    target: str = "",
    slips: bool = True,
    beyond: Search = lambda runs, near, name: [],
    instead: Callable[[Identity], Identity | None] = lambda plain: None,
    far: bool = True,
    among: Sequence[Family] = (),
) -> Identity:
    """Which rule and which conventions a class follows; `target` is what it is called.

    In the widest format in which it can be run; in float32 too, where it is right to six digits and no further, or
    takes float64 and gives float32.
    Where no rule fits: `beyond`: what is tried then; `instead`: another answer, in sight of this one; `slips`: whether
    rules with one change are tried last. `far`: whether rules are looked at that leave more than next to nothing
    unexplained. `among`: the families that are tried; all without.

    Raises:
        Unanswerable: an unknown argument, a learning rate that cannot be set, a class that no rule can describe, or
            that refuses every run.
    """
    refuse_if_out_of_scope(subject.cls.__name__)
    start, families = perf_counter(), [*among] or ranked(subject.cls.__name__)
    paths, members = subject.candidate().settable().paths, variants(families)
    subject = replace(subject, path=subject.path or next(iter(paths.values())))
    for inquiry, dtype in _formats(subject, families):
        proposals = map(Proposal, members)
        ranking = inquiry.nearest(proposals if far else inquiry.close(proposals))
        found, near = inquiry.best(ranking), [p.variant for _, p in ranking]
        if not any(match.fits for match, _ in found):
            more = beyond(inquiry, near, subject.cls.__name__)
            found = sorted([*found, *more], key=lambda pair: (not pair[0].fits, pair[0].unexplained))
        if dtype is not torch.float64 or not inquiry.narrow(found):
            break

    def said(found: Sequence[tuple[Match, Proposal]]) -> Identity:
        return replace(
            _concluded(inquiry, found),
            target=target or subject.cls.__name__,
            searched=inquiry.compared,
            dtype=str(dtype).removeprefix("torch."),
            notes=[*inquiry.notes, *(inquiry.used[m.rule] for m, _ in found[:1] if m.rule in inquiry.used)],
            seconds=perf_counter() - start,
        )

    plain = said(found)
    if plain.fits or (other := instead(plain)) or not slips:
        return plain if plain.fits else other or plain
    slip = slipped(inquiry, _near(near, families, normal(subject.cls.__name__)))
    return said([slip, *found]) if slip else plain


FORMATS = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def _formats(subject: Subject, families: Sequence[Family]) -> Iterator[tuple[Inquiry, torch.dtype]]:
    """The class's runs in each format in which it can be run, the widest first.

    Raises:
        Unanswerable: there is none.
    """
    refused: list[Unanswerable] = []
    for dtype in FORMATS:
        try:
            one = replace(subject, dtype=dtype)
            notes = [f"{str(FORMATS[0]).removeprefix('torch.')} is refused"] if refused else []
            yield Inquiry(one, one.probes(_varied(subject, families)), notes), dtype
        except Unanswerable as error:
            refused.append(error)
    if len(refused) == len(FORMATS):
        raise refused[0]


def _varied(subject: Subject, families: Sequence[Family]) -> list[Family]:
    """Whose hyperparameters are varied: those of the rule that a class's name claims; or of all, the likeliest last."""
    claimed = [f for f in families if normal(f.name) == normal(subject.cls.__name__)]
    return claimed or [*reversed(families)]


def slipped(inquiry: Inquiry, near: Iterable[Variant]) -> tuple[Match, Proposal] | None:
    """The first of the rules that fits with one change; each gets `PATIENCE`."""
    for variant in near:
        changed = _in_time(Proposal(variant, mutant) for mutant in mutants(variant.rule))
        close = inquiry.close(changed)
        if close and (found := next((pair for pair in inquiry.matches(close) if pair[0].fits), None)):
            return found
    return None


def _in_time(proposals: Iterator[Proposal]) -> Iterator[Proposal]:
    end = process_time() + PATIENCE
    return takewhile(lambda proposal: process_time() < end, proposals)


def _near(ranking: Sequence[Variant], families: Sequence[Family], claimed: str) -> list[Variant]:
    """What to change: the bare rule that a class's name claims, that of the nearest, the nearest of the nearest
    families."""
    nearest = list({v.family.name: v for v in reversed(ranking)}.values())[::-1][:LEAST]
    bare = [
        f for f in (families[0], ranking[0].family) if f is ranking[0].family or normal(f.name) == claimed
    ]
    return list({v.spec: v for v in (*(Variant(f, {}) for f in bare), *nearest)}.values())


def _concluded(inquiry: Inquiry, found: Sequence[tuple[Match, Proposal]]) -> Identity:
    fits = sorted((pair for pair in found if pair[0].fits), key=lambda pair: pair[1].plainness)
    same = {match.rule: str(inquiry.same(fits[0][1], proposal)) for match, proposal in fits[1:]}
    return Identity(
        "", [match for match, _ in fits], same, next((m for m, _ in found if m.worst > 1.0), None), 0
    )
