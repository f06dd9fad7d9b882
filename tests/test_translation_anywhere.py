"""An answer is the same whatever Python hashes, and whatever the points are at which it is looked at again."""

import os
import sys
from dataclasses import replace
from subprocess import run

from sympy import Integer

from lawful.verify.language.families import find_rule
from lawful.verify.language.symbols import momentum, weight_decay
from lawful.verify.provers.arithmetic.check import second_check
from lawful.verify.provers.claims import Always
from lawful.verify.translation.proving import equivalence
from lawful.verify.translation.question import Question

ANSWER = """
from dataclasses import replace
from lawful.verify.encoding import encode
from lawful.verify.language.families import find_rule
from lawful.verify.translation.translate import translated
for pair in (("lion(decouple=False)", "signum"), ("adam", "lion")):
    print(encode(replace(translated(*map(find_rule, pair), near=False), seconds=0.0)))
"""


def test_an_answer_does_not_depend_on_what_python_hashes() -> None:
    """That a step along the sign is Lion's where nothing is averaged was found under some seeds, not others."""
    asked = [sys.executable, "-c", ANSWER]
    found = {
        run(asked, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True).stdout
        for seed in "012"
    }
    assert len(found) == 1 and b'"beta1","weight_decay"' in found.pop()


def test_what_comes_back_to_where_it_began_has_moved() -> None:
    """Four steps along a sign end where they began in six of sixteen; nothing moves where no step does."""
    signs = find_rule("signum").replace({momentum: Integer(0), weight_decay: Integer(0)})
    law = equivalence(Question.of(signs, signs), {}, {})
    (claim,) = law.claimed
    assert isinstance(claim, Always)
    assert all(second_check(replace(claim, label=f"looked at {k} times")).holds for k in range(12))
    still = replace(claim, state={s: s for s in claim.state})
    assert not second_check(still).holds and "nothing moves" in second_check(still).lines[0]
