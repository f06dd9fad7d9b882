"""Whether quantities stay at 0 or above while an adversary chooses the inputs, in exact arithmetic.

Random inputs seldom come near a bound. The adversary tries some, puts a parabola through the next values that they
lead to, and takes whatever input is worst, the vertex of the parabola among them.
"""

from collections.abc import Iterator, Mapping
from random import Random

from flint import fmpq
from sympy import Symbol

from lawful.verify.provers.arithmetic.evaluate import Number, advance, evaluate, layers
from lawful.verify.provers.arithmetic.points import RandomPoint, finite
from lawful.verify.provers.claims import Answer, Kept

GAMES, STEPS = 12, 6

State = Mapping[Symbol, Number]


def kept(claim: Kept, random: Random) -> Answer:
    """Whether no gap becomes negative in any game."""
    for name, gap in claim.gaps.items():
        for game in range(GAMES):
            point = RandomPoint(random, border=game % 3 == 2, over=claim.over)
            for step, state in enumerate(_game(claim, name, point)):
                if (found := finite(evaluate(gap, layers(state, point)))) < 0:
                    return Answer(False, [f"{claim.label}: {name} is {found} after {step} steps at {point}"])
    return Answer(True, [f"{claim.label}: exact in {GAMES} games of {STEPS} steps against the worst inputs"])


def _game(claim: Kept, name: Symbol, point: RandomPoint) -> Iterator[State]:
    """The states when each input is the worst that the adversary finds for one gap."""
    state: State = {s: evaluate(claim.start.get(s, s * 0), point) for s in claim.state}
    yield state
    for _ in range(STEPS):
        moves = [
            advance(claim.state, layers(inputs, state, point))
            for inputs in _inputs(claim, name, state, point)
        ]
        state = min(moves, key=lambda after: evaluate(claim.gaps[name], layers(after, point)))
        yield state


def _of_any_size(symbol: Symbol, point: RandomPoint) -> Number:
    """An input, in every other draw far larger or smaller than the others."""
    return point.draw(symbol) * fmpq(2) ** point.random.choice((0, point.random.randint(-60, 60)))


def _inputs(claim: Kept, name: Symbol, state: State, point: RandomPoint) -> Iterator[State]:
    """Three draws of all inputs, and the vertex of the parabola along the line through them."""
    start, other = ({s: _of_any_size(s, point) for s in claim.varying} for _ in range(2))

    def along(u: Number) -> dict[Symbol, Number]:
        return {s: start[s] + u * (other[s] - start[s]) for s in claim.varying}

    values = []
    for u in (fmpq(-1), fmpq(0), fmpq(1)):
        yield along(u)
        after = advance(claim.state, layers(along(u), state, point))
        values.append(evaluate(claim.gaps[name], layers(after, point)))
    curvature = values[0] - 2 * values[1] + values[2]
    if curvature > 0:
        yield along((values[0] - values[2]) / (2 * curvature))
