"""Where a rule drifts on a problem of linear losses, enclosed in exact balls.

No simulation: the state before is a ball that holds every state which the problem's gradients can leave, the
last few gradients are enumerated with their probabilities, and what is older only widens the ball, by a power
of β2. Momentum is left out: rules are to have β1 = 0.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from flint import arb, fmpq
from sympy import Symbol

from lawful.verify.arithmetic.evaluate import Number, advance, evaluate, layers
from lawful.verify.rule import Rule
from lawful.verify.symbols import g, v, v_max, x

Gradients = Sequence[tuple[Number, Number]]
"""(value, probability) of an independent gradient."""

State = Mapping[Symbol, Number]

DEPTH = 10
"""The most gradients that are enumerated, or periods that are run."""


def ball(*numbers: Number) -> arb:
    """The smallest ball that holds the numbers."""
    return reduce(arb.union, map(arb, numbers))


def settled(rule: Rule, gradients: Gradients) -> dict[Symbol, Number]:
    """Balls that hold every state of a long run; the running maximum has met the largest square."""
    values = [value for value, _ in gradients]
    squares = [value**2 for value in values]
    known = {v: ball(*squares), v_max: arb(max(squares))}
    return {x: arb(0)} | {s: known.get(s, ball(*values)) for s in rule.state}


def mean_step(rule: Rule, noise: Gradients, at: State) -> arb:
    """E[next x − x] at stationarity under independent gradients; deeper until the sign is certain."""

    def step(state: State) -> Number:
        nexts = ((chance, evaluate(rule.x, layers({g: value}, state, at))) for value, chance in noise)
        return sum((chance * new for chance, new in nexts), -state[x])

    return mean(step, rule, noise, at, lambda found: not found.contains(0))


def mean(
    of: Callable[[State], Number], rule: Rule, noise: Gradients, at: State, enough: Callable[[arb], bool]
) -> arb:
    """The mean of a function of the stationary state, from ever more enumerated gradients until enough."""
    for depth in range(1, DEPTH + 1):
        found = _tree(of, rule, noise, settled(rule, noise), at, depth)
        if enough(found):
            break
    return found


def _tree(
    of: Callable[[State], Number], rule: Rule, noise: Gradients, state: State, at: State, depth: int
) -> arb:
    """The mean over all sequences of `depth` gradients."""
    if depth == 0:
        return arb(of(state))
    total = arb(0)
    for value, chance in noise:
        after = advance(rule.state, layers({g: value}, state, at)) | {x: arb(0)}
        total += chance * _tree(of, rule, noise, after, at, depth - 1)
    return total


def period_step(rule: Rule, period: Sequence[Number], at: State) -> arb:
    """next x − x over one period of repeating gradients, at the steady state."""
    state = settled(rule, [(value, fmpq(1)) for value in period])
    moved = arb(0)
    for _ in range(DEPTH):
        state[x] = arb(0)
        for value in period:
            state = advance({x: rule.x, **rule.state}, layers({g: value}, state, at))
        if not (moved := arb(state[x])).contains(0):
            break
    return moved
