"""What groups hold may change before any step: which keys can be changed by hand, and how a scenario changes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from sympy import Symbol

from lawful.properties.scenarios.scenarios import Moves
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import lr, lr_0
from lawful.verify.language.tensors import Kept

TWICE_A_DOZEN = 24
"""Steps: what is compiled once and kept, or is a step late, shows in them."""


@dataclass(frozen=True)
class Held:
    """What a candidate's groups hold, under the constructor's name or the rule's, as it was given.

    Attributes:
        symbols: hyperparameters.
        options: conventions.
        names: all keys.
    """

    symbols: frozenset[Symbol] = frozenset()
    options: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


def held(candidate: Candidate) -> Held:
    """What the groups hold of what the constructor was given; nothing where it refuses a plain call."""
    options = candidate.options.plain
    hyper = candidate.defaults(candidate.rule(options))
    said = candidate.arguments_for(options, hyper)
    try:
        group = dict(candidate.cls([torch.zeros(2, 2, requires_grad=True)], **said).param_groups[0])
    except (Exception, SystemExit):
        return Held()
    own = {s: n for s, n in candidate.binding.free.items() if not s.is_integer}
    return Held(
        frozenset(s for s, n in own.items() if _is(group, n, said[n]) or _is(group, s.name, hyper[s])),
        frozenset(o for o, n in candidate.options.names.items() if n in said and _is(group, n, said[n])),
        frozenset(group),
    )


def _is(group: Mapping[str, Any], name: str, value: Any) -> bool:
    kept = group.get(name)
    kept = tuple(kept) if isinstance(kept, list) else kept
    return isinstance(kept, bool | int | float | str | tuple) and kept == value


def movable(keys: Held, rule: Rule) -> frozenset[Symbol]:
    """The hyperparameters that may be changed in mid-run: all that are held and not read at the start alone."""
    steps = set().union(rule.x.free_symbols, *(e.free_symbols for e in rule.state.values()))
    return frozenset(keys.symbols & rule.defaults.keys() & steps)


def moves(
    candidate: Candidate,
    options: Mapping[str, Any],
    hyper: Mapping[Symbol, float],
    values: Mapping[Symbol | str, tuple[Any, ...]],
    steps: int,
    turn: int,
    warm: bool,
) -> Moves:
    """Every one of these takes its next value in every step, but options every third: in the first step too, where a
    warm-up sets the learning rate to 0 and nothing else.

    An option is changed where the other member of the family needs no state that has not been kept, and where it allows
    the hyperparameters.
    """
    found: dict[int, dict[Symbol | str, Any]] = {}
    now, chosen, late = dict(hyper), dict(options), read_at_start(candidate.rule(options))
    for step in range(1, steps + 1):
        after = {k: v[(step + turn + i) % len(v)] for i, (k, v) in enumerate(values.items())}
        numbers = {k: v for k, v in after.items() if isinstance(k, Symbol) and (step > 1 or k not in late)}
        numbers = {lr: 0.0} if warm and step == 1 and lr in numbers else numbers
        switched = dict(chosen)
        for k, v in after.items() if step % 3 == 1 else ():
            if isinstance(k, str) and _kept(candidate, chosen, {**switched, k: v}, {**now, **numbers}):
                switched[k] = v
        if _allows(candidate, switched, {**now, **numbers}):
            old: Mapping[Symbol | str, Any] = {**now, **chosen}
            found[step] = {k: v for k, v in {**numbers, **switched}.items() if v != old[k]}
            now, chosen = {**now, **numbers}, switched
    return found


def read_at_start(rule: Rule) -> frozenset[Symbol]:
    """What may be read when the optimizer is constructed as well as in its first step."""
    initial = {s for state in rule.state for s in rule.initial(state).free_symbols}
    return frozenset((initial | ({lr} if lr_0 in rule.defaults else set())) & rule.defaults.keys())


def _kept(
    candidate: Candidate, old: Mapping[str, Any], new: Mapping[str, Any], hyper: Mapping[Symbol, float]
) -> bool:
    """Whether all that the new rule reads has been kept by the old one, and in the same form."""
    before, after = (
        {s: e.func if isinstance(e, Kept) else None for s, e in candidate.rule(o).state.items()}
        for o in (old, new)
    )
    return after.items() <= before.items() and _allows(candidate, new, hyper)


def _allows(candidate: Candidate, options: Mapping[str, Any], hyper: Mapping[Symbol, float]) -> bool:
    return candidate.family.allows(options, {s.name: value for s, value in hyper.items()})
