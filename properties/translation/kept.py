"""Where a candidate keeps the quantities of its rule: found by their values, whatever its framework calls them.

A leaf of what it saves is a quantity if it stays within the oracle's balls in every lane, during as many steps as
tensors are told apart in. Numbers are compared with the rule's own, with the count of steps and powers to it, and with
what the rule works out from that alone; a tensor may hold one in every lane.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from math import isclose
from typing import Any

import torch
from sympy import Mul, Pow, Symbol, preorder_traversal, pycode
from torch import Tensor

from lawful.properties.runs.judging import Part
from lawful.properties.runs.running import Run
from lawful.properties.translation.trees import Place, leaves, name_of, numbers
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import t, x
from lawful.verify.oracle.balls import Ball, Real
from lawful.verify.oracle.oracle import State
from lawful.verify.translation.answer import value

SINGLE = 2.0**-20
"""What float32 may lose of a power in a few steps."""


@dataclass(frozen=True)
class Kept:
    """The places of what is kept.

    Attributes:
        quantities: the weight or a tensor of the rule's state → of each parameter its places, which may be several.
        counts: place of a number → what it is, as Python writes it: `t`, `0.9**t`, or one of the rule's numbers.
        others: places of what changes from step to step, and is nothing of this.
        negated: the quantities of which the negative is kept.
    """

    quantities: Mapping[Symbol, list[list[Place]]]
    counts: Mapping[Place, str]
    others: Sequence[Place] = ()
    negated: frozenset[Symbol] = frozenset()

    @cached_property
    def names(self) -> Mapping[Symbol, str]:
        """Quantity → what its places have in common, or the first of them where that of another is the same."""
        first = {s: [places[0] for places in each] for s, each in self.quantities.items()}
        short = {s: name_of(places) for s, places in first.items()}
        taken = [*short.values(), *self.counted]
        alone = {s for s, name in short.items() if taken.count(name) == 1}
        return {s: short[s] if s in alone else name_of(places[:1]) for s, places in first.items()}

    @cached_property
    def numbered(self) -> Mapping[str, list[Place]]:
        """Numbers by what their places have in common → these places; what is the same function stands together."""
        found: dict[tuple[str, int], list[Place]] = {}
        for place, code in self.counts.items():
            found.setdefault((code, len(place)), []).append(place)
        return {name_of(places): places for places in found.values()}

    @cached_property
    def counted(self) -> Mapping[str, str]:
        """The same names → what is there."""
        return {name: self.counts[places[0]] for name, places in self.numbered.items()}

    def of_parameter(self, number: int) -> dict[str, list[Place]]:
        """What is kept of one parameter, and of all, by name → its places."""
        own = {self.names[s]: places[number] for s, places in self.quantities.items()}
        return {**own, **self.numbered}


def saved(run: Run) -> Any:
    """What a candidate keeps of its parameters, as it saves it; nothing that it may go on writing to.

    Raises:
        NotOffered: it cannot be saved.
    """
    return deepcopy(run.optimizer.state_dict()[_key(run)])


def restored(run: Run, tree: Any) -> None:
    """A candidate goes on from such a tree."""
    run.optimizer.load_state_dict({**run.optimizer.state_dict(), _key(run): tree})


def _key(run: Run) -> str:
    """Under which key of what is saved stands what is of parameters."""
    return "state" if run.candidate.torchs else "saved"


@dataclass
class Watcher:
    """Finds the places while a candidate steps.

    Args:
        rule: that it follows.
        setting: hyperparameter → value.
        parts: its lanes.
        symbols: the state of each part that matters.
    """

    rule: Rule
    setting: Mapping[Symbol, float]
    parts: Sequence[Part]
    symbols: Sequence[frozenset[Symbol]]
    _fitting: dict[tuple[Symbol, int], set[Place]] = field(default_factory=dict)
    _against: dict[tuple[Symbol, int], set[Place]] = field(default_factory=dict)
    _seen: list[dict[Place, float]] = field(default_factory=list)
    _tensors: list[Mapping[Place, Tensor]] = field(default_factory=list)
    _scalars: list[dict[str, float]] = field(default_factory=list)
    _sizes: list[int] = field(default_factory=list)

    def watch(self, run: Run, states: Sequence[State]) -> None:
        """Compares what is kept after a step with what the rule has."""
        there = {place: n for place, leaf in leaves(saved(run)) if (n := numbers(leaf)) is not None}
        self._sizes = [p.numel() for p in run.parameters]
        for part, symbols, state in zip(self.parts, self.symbols, states, strict=True):
            for symbol in (s for s in (x, *state.slots) if s == x or s in symbols):
                self._compare(part, symbol, state.x if symbol == x else state.slots[symbol], there)
        self._tensors = [*self._tensors[:1], there]
        self._seen.append({place: float(n.reshape(-1)[0]) for place, n in there.items() if _is_one_number(n)})
        self._scalars.append({s.name: v.number for s, v in states[0].scalars.items()})

    def _compare(self, part: Part, symbol: Symbol, ball: Ball, there: Mapping[Place, Tensor]) -> None:
        for member, own in _members(part, ball, self._sizes):
            key = symbol, member
            for known, sign in ((self._fitting, 1), (self._against, -1)):
                fitting = {place for place, n in there.items() if _fits(sign * n, own)}
                known[key] = known.get(key, fitting) & fitting

    def kept(self) -> Kept:
        """What was found; a tensor that was not has no places."""
        plain, against = _by_symbol(self._fitting), _by_symbol(self._against)
        whole = {**against, **plain}
        taken = {place for each in whole.values() for places in each for place in places}
        counts = {p: code for p, code in self._counts() if p not in taken}
        first, last = self._tensors
        moved = (p for p in last if p not in taken | counts.keys() and not _alike(first.get(p), last[p]))
        return Kept(whole, counts, list(moved), frozenset(whole) - frozenset(plain))

    def missing(self) -> list[Symbol]:
        """The tensors of the rule's state that are kept nowhere."""
        found = {**_by_symbol(self._against), **_by_symbol(self._fitting)}
        return sorted({s for s, _ in self._fitting} - {x, *found}, key=str)

    def _counts(self) -> Iterator[tuple[Place, str]]:
        known = self._known()
        for place in (p for p in self._seen[-1] if p in self._seen[0]):
            seen = [each.get(place, 0.0) for each in self._seen]
            if code := next((code for code, values in known.items() if _close(seen, values)), ""):
                yield place, code

    def _known(self) -> dict[str, list[float]]:
        """What a number may be after each step: the count, a power to it, or one of the rule's."""
        steps = range(1, len(self._seen) + 1)
        found = {f"{COUNT}{after}": [float(k + n) for k in steps] for after, n in AFTER.items()}
        for base in sorted({float(self.setting.get(base, base)) for base in _bases(self.rule, self.setting)}):
            for after, n in AFTER.items():
                power = f"({COUNT}{after})" if after else COUNT
                found[f"{base!r}**{power}"] = [base ** (k + n) for k in steps]
        for code in _counted(self.rule, self.setting):
            found[code] = [value(code, {COUNT: float(k)}) for k in steps]
        return found | {name: [each[name] for each in self._scalars] for name in self._scalars[0]}


COUNT, AFTER = "t", {"": 0, " + 1": 1, " - 1": -1}


def _bases(rule: Rule, setting: Mapping[Symbol, float]) -> set[Any]:
    """Of what the rule has a power to the count of steps, or, if it is a number, to a multiple of that."""
    powers = {p for e in (rule.x, *rule.state.values()) for p in e.atoms(Pow) if t in p.exp.free_symbols}
    return {p.base for p in powers if p.base.is_number or (p.exp == t and p.base in setting)}


def _counted(rule: Rule, setting: Mapping[Symbol, float]) -> Iterator[str]:
    """What a rule works out from the count of steps and hyperparameters alone, in Python, without a number before."""
    every = (e for whole in (rule.x, *rule.state.values()) for e in preorder_traversal(whole))
    alone = {
        e.as_coeff_Mul()[1] for e in every if isinstance(e, Mul) and t in e.free_symbols <= {t, *setting}
    }
    held = {s.name: repr(value) for s, value in setting.items()}
    for code in sorted(map(pycode, alone)):
        yield re.sub(r"[a-z_]\w*", lambda word: held.get(word[0], word[0]), code)


def _is_one_number(values: Tensor) -> bool:
    """Whether a leaf is one number, as often as it may stand there."""
    return values.numel() > 0 and bool((values == values.reshape(-1)[0]).all())


def _close(seen: Sequence[float], values: Sequence[float]) -> bool:
    return all(isclose(a, b, rel_tol=SINGLE) for a, b in zip(seen, values, strict=True))


def _by_symbol(known: Mapping[tuple[Symbol, int], set[Place]]) -> dict[Symbol, list[list[Place]]]:
    """The quantities that are kept of every parameter, with the places of each."""
    found: dict[Symbol, list[list[Place]]] = {}
    for (symbol, _), places in sorted(known.items(), key=lambda pair: pair[0][1]):
        found.setdefault(symbol, []).append(sorted(places, key=str))
    return {s: places for s, places in found.items() if all(places)}


def _alike(one: Tensor | None, other: Tensor) -> bool:
    return one is not None and torch.equal(one, other)


def _members(part: Part, ball: Ball, every: Sequence[int]) -> Iterator[tuple[int, Ball]]:
    """Each parameter of a part with what of a ball is of it, as a row; a factor is of the one that there is."""
    mid = torch.as_tensor(ball.mid)
    whole = mid.numel() == part.x0.numel()
    sizes = [every[i] for i in part.members] if whole else [mid.numel()]
    low, radius = (
        _row(value, mid, sizes) for value in (0.0 if ball.centre[1] is None else ball.centre[1], ball.radius)
    )
    for k, (member, own) in enumerate(zip(part.members, _row(mid, mid, sizes), strict=False)):
        yield member, Ball((own, low[k]), radius[k])


def _row(value: Real, like: Tensor, sizes: list[int]) -> tuple[Tensor, ...]:
    row = torch.as_tensor(value, dtype=torch.float64).expand_as(like).reshape(-1)
    return torch.split(row, sizes)


def _fits(values: Tensor, ball: Ball) -> bool:
    mid, radius = torch.as_tensor(ball.mid), torch.as_tensor(ball.radius)
    if values.numel() != mid.numel():
        return False
    return bool(((ball.distance(values.reshape(-1)) <= radius) | ~torch.isfinite(radius)).all())
