"""How many numbers a rule keeps, counted on the arrays that it leaves behind."""

from collections.abc import Iterator
from random import Random

import numpy as np

from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, t, x
from lawful.verify.language.tensors import cols, rows, sizes
from lawful.verify.oracle.confirm import evaluate, exactly
from lawful.verify.provers.claims import Answer, Stored

SHAPES = ((2, 3), (5, 2), (3, 3))


def stored(claim: Stored, random: Random) -> Answer:
    """Whether matrices of several shapes leave as many numbers behind as claimed."""
    for shape in SHAPES:
        kept = sum(size for size in _sizes(claim.rule, shape, random) if size > 1)
        expected = claim.numbers * rows * cols
        if kept != expected.subs({rows: shape[0], cols: shape[1]}):
            return Answer(
                False, [f"{claim.label}: {kept} numbers are left behind by a matrix of shape {shape}"]
            )
    return Answer(True, [f"{claim.label}: so many are left behind by matrices of shapes {SHAPES}"])


def _sizes(rule: Rule, shape: tuple[int, int], random: Random) -> Iterator[int]:
    """How large each state is after a step, of those that are read in the next."""
    draw = exactly(np.array([random.randint(1, 40) / 8 for _ in range(np.prod(shape))]).reshape(shape))
    hyper = {s: exactly(rule.domain(s).values[0]) for s in rule.defaults}
    numbers = {s: exactly(size) for s, size in {**sizes(shape), t: 2}.items()}
    start = {**hyper, x: draw, g: draw * draw, **numbers}
    state = {s: evaluate(rule.initial(s), start) for s in rule.state}
    state |= {s: evaluate(e, {**start, **state}) for s, e in rule.state.items()}
    read = {s for e in (rule.x, *rule.state.values()) for s in e.free_symbols}
    yield from (value.size for s, value in state.items() if s in read)
