"""Where a rule drifts on a problem of linear losses, enclosed in exact balls.

No simulation. Gradients that repeat bring a fading memory to a cycle known in closed form. If they are drawn,
the state before is a ball that holds every state that they can leave; the last few blocks of gradients are
enumerated with their probabilities, and what is older only widens the ball.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from flint import arb, fmpq
from sympy import Expr, Symbol

from lawful.verify.language.memory import in_turn, is_maximum, memory
from lawful.verify.language.rule import Rule
from lawful.verify.language.symbols import g, x
from lawful.verify.provers.arithmetic.evaluate import Number, advance, evaluate, layers

Blocks = Sequence[tuple[Sequence[Number], Number]]
"""(gradients in a row, probability) of an independent block."""

State = Mapping[Symbol, Number]

LEAVES = 1024
"""The most sequences of blocks that are enumerated."""


def ball(*numbers: Number) -> arb:
    """The smallest ball that holds the numbers."""
    return reduce(arb.union, map(arb, numbers))


def after(equations: Mapping[Symbol, Expr], gradients: Sequence[Number], start: State, at: State) -> State:
    """The values after some gradients."""
    return reduce(lambda state, value: advance(equations, layers({g: value}, state, at)), gradients, start)


def kept(rule: Rule, symbol: Symbol, at: State) -> Number:
    """How much of itself a state keeps in a step, in [0, 1)."""
    found = fmpq(0) if is_maximum(rule, symbol) else evaluate(memory(rule, symbol)[0], at)
    if not 0 <= found < 1:
        raise NotImplementedError(f"a memory that keeps {found} does not fade")
    return found


# ------------------------------------------------------------------------------ gradients that repeat
def steady(rule: Rule, period: Sequence[Number], at: State) -> dict[Symbol, Number]:
    """The state that one period of gradients brings back to itself: s(0 at first) / (1 − keepⁿ)."""
    state: dict[Symbol, Number] = {}
    for symbol in in_turn(rule):
        start = {**state, symbol: arb(0)}
        left = after({s: rule.state[s] for s in start}, period, start, at)[symbol]
        state[symbol] = left / (1 - arb(kept(rule, symbol, at)) ** len(period))
    return state


def period_step(rule: Rule, period: Sequence[Number], at: State) -> arb:
    """next x − x over one period of repeating gradients, at the steady state."""
    start = {x: arb(0), **steady(rule, period, at)}
    return arb(after({x: rule.x, **rule.state}, period, start, at)[x])


# --------------------------------------------------------------------------- gradients that are drawn
def settled(rule: Rule, blocks: Blocks, at: State) -> dict[Symbol, Number]:
    """Balls that hold every state of a long run; a running maximum has met the most that it can."""
    values = {value for block, _ in blocks for value in block}
    state: dict[Symbol, Number] = {}
    for symbol in in_turn(rule):
        if is_maximum(rule, symbol):
            state[symbol] = reduce(arb.max, (steady(rule, [value], at)[symbol] for value in values))
            continue
        _, new = memory(rule, symbol)
        fresh = (evaluate(new, layers({g: value}, state, at)) for value in values)
        state[symbol] = ball(*fresh) / (1 - kept(rule, symbol, at))
    return state


def mean_step(rule: Rule, noise: Sequence[tuple[Number, Number]], at: State) -> arb:
    """E[next x − x] at stationarity under independent gradients; deeper until the sign is certain."""
    blocks = [((value,), chance) for value, chance in noise]

    def step(state: State) -> Number:
        return moved(rule, blocks, state, at)

    return mean(step, rule, blocks, settled(rule, blocks, at), at, lambda found: not found.contains(0))


def moved(rule: Rule, blocks: Blocks, state: State, at: State, power: int = 1) -> Number:
    """The mean over the next block of (next x − x)^power per step."""
    total = fmpq(0)
    for block, chance in blocks:
        now = state
        for value in block:
            here = layers({g: value}, now, at)
            total += chance / len(block) * evaluate(rule.x - x, here) ** power
            now = advance(rule.state, here)
    return total


def mean(
    of: Callable[[State], Number],
    rule: Rule,
    blocks: Blocks,
    state: State,
    at: State,
    enough: Callable[[arb], bool],
) -> arb:
    """The mean of a function of the stationary state, from ever more enumerated blocks until enough."""
    depth = 1
    while True:
        found = _tree(of, rule, blocks, state, at, depth)
        if enough(found) or len(blocks) ** (depth := depth + 1) > LEAVES:
            return found


def _tree(
    of: Callable[[State], Number], rule: Rule, blocks: Blocks, state: State, at: State, depth: int
) -> arb:
    """The mean over all sequences of `depth` blocks."""
    if depth == 0:
        return arb(of(state))
    total = arb(0)
    for block, chance in blocks:
        total += chance * _tree(of, rule, blocks, after(rule.state, block, state, at), at, depth - 1)
    return total


# -------------------------------------------------------------------------------------------- boundary
def boundary(drift: Callable[[fmpq], arb], low: fmpq, high: fmpq, bisections: int = 40) -> arb:
    """A ball that holds a zero of a continuous function, between two places where its signs differ.

    Raises:
        ValueError: the signs at the ends are not certain, or the same.
    """
    first, last = drift(low), drift(high)
    if first.contains(0) or last.contains(0) or (first > 0) == (last > 0):
        raise ValueError(f"no certain change of sign between {low} and {high}: {first} and {last}.")
    for _ in range(bisections):
        middle = (low + high) / 2
        if (found := drift(middle)).contains(0):
            break
        low, high = (middle, high) if (found > 0) == (first > 0) else (low, middle)
    return ball(low, high)
