"""What a candidate that leaves its rule follows instead, in words."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Symbol, expand

from lawful.properties.identification.identify import slipped
from lawful.properties.identification.inquiry import Inquiry, Proposal
from lawful.properties.identification.probes import Subject
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.errors import Unanswerable
from lawful.verify.language.families import rules
from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import weight_decay, x
from lawful.verify.variants.variants import Variant, variants

NEAREST = 2
"""How many conventions, besides the claimed ones, are tried with a slip."""

STEP = Symbol("step", real=True)
"""What a rule without decay takes from the weight."""

SHORT = 6
"""How many operations a difference may have that is printed."""

_said: dict[str, str] = {}


def explained(candidate: Candidate, options: Mapping[str, Any], path: Mapping[str, Any], device: str) -> str:
    """The convention or the slip by which a candidate departs from its rule, in words; "" where none does.

    Args:
        candidate: the candidate.
        options: the conventions that were chosen through its constructor.
        path: the constructor arguments that chose the way to run.
        device: where the parameters live.
    """
    options = {name: False if name == "maximize" else value for name, value in options.items()}
    rule = candidate.rule(options)
    subject = Subject(candidate.cls, _chosen(candidate, options, rule), path, device=device)
    key = f"{subject} {rule}"
    if key not in _said:
        _said[key] = _words(subject, Variant(candidate.family, rule.conventions))
    return _said[key]


def _chosen(candidate: Candidate, options: Mapping[str, Any], rule: Rule) -> dict[str, Any]:
    """The constructor arguments that choose conventions, and those that the user fixed."""
    given = candidate.arguments_for(options, {s: rule.defaults.get(s, 0.0) for s in candidate.binding.names})
    return {
        n: v for n, v in given.items() if n in candidate.options.names.values() or n in candidate.arguments
    }


def _words(subject: Subject, claimed: Variant) -> str:
    try:
        inquiry = Inquiry(subject, subject.probes([claimed.family]))
    except Unanswerable:
        return ""
    if not any(np.isfinite(probe.seen).all() for probe in inquiry.probes):
        return ""  # what is no number follows no rule
    if all((probe.seen == probe.seen[0]).all() for probe in inquiry.probes):
        return "no step moves a weight"
    found = inquiry.matches(Proposal(v) for v in variants([claimed.family]))
    fits = [p.variant for match, p in found if match.fits]
    if any(v.rule.mathematics == claimed.rule.mathematics for v in fits):
        return ""
    if fits:
        nearest = min(fits, key=lambda v: len(v.options.items() ^ claimed.options.items()))
        return f"{nearest.beside(claimed)}{difference(claimed.rule, nearest.rule)}: that is {nearest.spec}"
    elsewhere = _of_another_family(inquiry, claimed)
    if elsewhere is None or len(elsewhere.options) > 1:  # more than the one change that a slip is
        slip = slipped(inquiry, [claimed, *(p.variant for _, p in found[:NEAREST])])
        if slip:
            return f"{slip[1].words}{difference(claimed.rule, slip[1].rule)}"
    return f"what it does is {elsewhere.spec} ({elsewhere.words})" if elsewhere else ""


def _of_another_family(inquiry: Inquiry, claimed: Variant) -> Variant | None:
    """What it follows of the other families, the plainest first: AMSGrad may be a convention of what AdamW is."""
    others = (Proposal(v) for v in variants([f for f in rules().values() if f is not claimed.family]))
    close = inquiry.close(others)
    return next((p.variant for match, p in inquiry.matches(close) if match.fits), None) if close else None


def difference(claimed: Rule, found: Rule) -> str:
    """How far apart the weights are after a step, where that is short: ` (a difference of lr·wd·step)`."""
    step = x - claimed.x.subs(weight_decay, 0)
    one, other = (rule.x.subs(-step, -STEP).subs(step, STEP) for rule in (claimed, found))
    gap = expand(other - one)
    known = gap.free_symbols <= {x, STEP, *claimed.defaults}
    return f" (a difference of {plain(gap)})" if known and 0 < gap.count_ops() <= SHORT else ""
