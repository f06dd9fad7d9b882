"""Where a step of the answer "no" is looked at again."""

import os
import subprocess
import sys
from random import Random

from flint import arb
from sympy import Rational, symbols

from lawful.verify.translation.claims import OCTAVES, Claim, lines, octaves

y, z = symbols("y z", positive=True)

DRAWN = """
from random import Random
from sympy import symbols
from lawful.verify.translation.claims import Claim, lines
every = symbols("a:h", positive=True)
print(*(sorted((str(s), str(v)) for s, v in at.items()) for at, _ in lines(
    Claim([], {s: s for s in every}, {}, frozenset(every), []), Random(0))))
"""


def test_a_line_goes_past_a_value_that_is_left_out() -> None:
    claim = Claim([], {y: y, z: z}, {}, frozenset({y}), [(y, Rational(1, 1000) / z)])
    usual = list(range(-OCTAVES, OCTAVES))
    assert octaves(claim, {z: arb(4)}, y) == usual
    assert octaves(claim.without(), {z: arb(4)}, y) == [-13, -12, -11, *usual]
    assert octaves(claim.without(), {z: arb(4)}, z) == usual and not claim.without().ways


def test_where_it_is_looked_does_not_hang_on_how_names_are_hashed() -> None:
    seen = {
        subprocess.run(
            [sys.executable, "-c", DRAWN],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert len(seen) == 1 and "a" in seen.pop()


def test_each_unknown_of_the_equations_has_its_line() -> None:
    claim = Claim([], {y: y, z: z}, {}, frozenset({y, z}), [])
    assert [along for _, along in lines(claim, Random(0))] == [y, z]
