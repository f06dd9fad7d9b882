"""Where a rule drifts on a problem of linear losses, enclosed in exact balls.

No simulation: the state before is a ball that holds every state which the problem's gradients can leave behind, the
last few gradients are enumerated with their probabilities, and what is older only widens the ball, by a power of β2.
"""

from collections import ChainMap
from collections.abc import Mapping, Sequence

from flint import arb, fmpq
from sympy import Expr, Symbol

from lawful.verify.exact import Number, advance, evaluate
from lawful.verify.rule import Rule
from lawful.verify.symbols import g, v, v_max, x

Gradients = Sequence[tuple[Number, Number]]
"""(value, probability) of an independent gradient."""

State = Mapping[Symbol, Number]

DEPTH = 11
"""The most gradients that are enumerated, or periods that are run."""


def hull(*numbers: Number) -> arb:
    """The smallest ball that holds the numbers."""
    ball = arb(numbers[0])
    for number in numbers[1:]:
        ball = ball.union(arb(number))
    return ball


def settled(rule: Rule, gradients: Gradients) -> dict[Symbol, Number]:
    """Balls that hold every state of a long run from x = 0; the running maximum has met the largest square."""
    values = [value for value, _ in gradients]
    squares = [value**2 for value in values]
    known = {v: hull(*squares), v_max: arb(max(squares))}
    return {x: arb(0)} | {s: known.get(s, hull(*values)) for s in rule.state}


def mean_step(rule: Rule, noise: Gradients, at: State, moment: int = 1) -> arb:
    """E[(next x − x)^moment] at stationarity under independent gradients; deeper until the sign is certain."""
    start, step = settled(rule, noise), (rule.x - x) ** moment
    for depth in range(1, DEPTH + 1):
        found = _tree(rule, step, noise, start, at, depth)
        if not found.contains(0):
            break
    return found


def _tree(rule: Rule, step: Expr, noise: Gradients, state: State, at: State, depth: int) -> arb:
    """The mean, over all sequences of `depth` gradients, of the step that follows them."""
    total = arb(0)
    for value, chance in noise:
        here = ChainMap({g: value}, state, at)
        if depth == 0:
            total += chance * evaluate(step, here)
        else:
            total += chance * _tree(rule, step, noise, advance(rule.state, here) | {x: arb(0)}, at, depth - 1)
    return total


def period_step(rule: Rule, period: Sequence[Number], at: State) -> arb:
    """next x − x over one period of repeating gradients, at the steady state."""
    state = settled(rule, [(value, fmpq(1)) for value in period])
    for _ in range(DEPTH):
        state[x] = arb(0)
        for value in period:
            state = advance({x: rule.x, **rule.state}, ChainMap({g: value}, state, at))
        if not state[x].contains(0):
            break
    return state[x]
