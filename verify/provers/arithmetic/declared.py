"""Whether a running quantity keeps the sign that it is declared to have, at exact points, near and far."""

from random import Random

from flint import fmpq

from lawful.verify.provers.answer import Answer
from lawful.verify.provers.arithmetic.evaluate import evaluate
from lawful.verify.provers.arithmetic.points import RandomPoint, finite, poles_avoided
from lawful.verify.provers.claims import Declared

POINTS = 12


def declared(claim: Declared, random: Random) -> Answer:
    """Whether it has its sign at first, and keeps it in a step from any state and on any input."""
    for k in range(POINTS):
        point, found = poles_avoided(
            lambda at: [finite(evaluate(e, at)) for e in (claim.start, claim.following)],
            lambda k=k: FarPoint(random, border=k % 3 == 2, over={**claim.within, **claim.over}),  # type: ignore[misc]
        )
        if any(value < 0 or (value == 0 and claim.symbol.is_positive) for value in found):
            return Answer(False, [f"{claim.label}: {' then '.join(map(str, found))} at {point}"])
    return Answer(True, [f"{claim.label}: at {POINTS} exact points"])


class FarPoint(RandomPoint):
    """A random point whose free coordinates are of any size."""

    def draw(self, symbol):  # type: ignore[no-untyped-def]
        """A value, in every other draw far larger or smaller than the others."""
        value = super().draw(symbol)
        bounded = symbol in self.over or symbol.is_integer
        return value if bounded else value * fmpq(2) ** self.random.choice((0, self.random.randint(-60, 60)))
