"""What a rule does not know of a constructor: each such argument is moved, one at a time, and what follows is told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from lawful.properties.checks import Journal, Property
from lawful.properties.contract.bench import Bench
from lawful.properties.contract.following import copied, followed, same_bits
from lawful.properties.contract.way import plainly
from lawful.properties.runs.running import RaisedError, RefusedError
from lawful.properties.settings import Settings
from lawful.verify.candidates.candidate import Candidate
from lawful.verify.evidence import Check, Evidence, Finding, Verdict

STEPS = 10
SCALES = ((-1.0, 0.5), (-10.0, -6.0), (2.0, 4.0))
"""Base-10 exponents of ordinary gradients, of such as are of the order of eps, and of such as are clipped."""

UNUSED = r"unused|not used|ignored|deprecated|no effect|does nothing"
"""What documentation says of an argument that does nothing."""


@dataclass(frozen=True)
class Moves:
    """A candidate run with one argument moved.

    Attributes:
        bench: on which it runs.
    """

    bench: Bench

    def follows(self, name: str) -> bool | None:
        """Whether something follows from moving an argument; None if no other value of it is taken."""
        taken = False
        for scale in SCALES:
            start = self._end(scale, {})
            for value in others(self.bench.candidate.constructor.default(name)):
                end = self._end(scale, {name: value})
                if start is None or end is None:
                    continue
                taken = True
                if len(start) != len(end) or not all(map(same_bits, start, end)):
                    return True
        return False if taken else None

    def _end(self, scale: tuple[float, float], arguments: dict[str, Any]) -> list[Tensor] | None:
        """Parameters and state in the end; None if the arguments are refused."""
        bench = self.bench
        hyper = bench.hyper(dampening=0.0)  # which refuses Nesterov's look-ahead
        scenario = replace(bench.scenario(hyper, steps=STEPS, schedule={4: 2.0, 7: 0.25}), scale=scale)
        try:
            run = bench.run(scenario, bench.blocks(scenario), arguments)
            followed(run, range(1, STEPS + 1))
        except (RefusedError, RaisedError):
            return None
        states = [run.optimizer.state.get(p, {}) for p in run.parameters]
        return copied([*run.parameters, *(v for s in states for v in s.values() if isinstance(v, Tensor))])


def others(default: Any) -> Iterator[Any]:
    """Other values of an argument than its default; none where it is no number and no switch."""
    match default:
        case bool():
            yield not default
        case int() | float():
            yield from (v for v in (0, 0.1, 1, 2, default / 2, default * 2) if v != default)
        case tuple() if all(isinstance(v, int | float) for v in default):
            yield tuple(v / 2 for v in default)
        case None:
            yield from (True, 0.1, 1.0)


def moved(candidate: Candidate, check: Check, settings: Settings, journal: Journal) -> Evidence:
    """Moves every argument that the rule does not know."""
    (way,) = plainly(candidate)
    moves = Moves(Bench(candidate, replace(way, dtype=check.dtype), check.device, settings.seed))
    seen: dict[str, bool | None] = {}
    for name in candidate.unexplored:
        journal(f"moving {name}")
        seen[name] = moves.follows(name)
    findings = [
        Finding(f"{name} changes what the optimizer does, though documented as {word!r}.")
        for name, follows in seen.items()
        if follows and (word := documented(candidate.cls, name))
    ]
    notes = [note for note in (_moving(seen), *_proposed(candidate)) if note]
    verdict = Verdict.UNLAWFUL if findings else Verdict.LAWFUL
    return Evidence(verdict, scenarios=1, notes=notes, findings=findings, unvaried=candidate.unexplored)


def documented(cls: type, name: str) -> str:
    """The word by which a class's documentation says that an argument does nothing, or ""."""
    places = [place for one in cls.__mro__ for place in (one, vars(one).get("__init__"))]
    text = "\n".join(getattr(place, "__doc__", None) or "" for place in places)
    found = re.search(rf"^\W*{re.escape(name)}\b.*?\b({UNUSED})\b", text, re.M | re.I)
    return found[1] if found else ""


def _moving(seen: dict[str, bool | None]) -> str:
    words = {
        True: "changes something",
        False: "is taken and changes nothing that was seen",
        None: "not moved",
    }
    told = [", ".join(n for n, f in seen.items() if f is kind) + f": {said}" for kind, said in words.items()]
    return f"arguments that the rule does not know: {'; '.join(t for t in told if not t.startswith(':'))}"


def _proposed(candidate: Candidate) -> Iterator[str]:
    for name, word in candidate.proposals.items():
        yield f"{name} is never varied; if it is the rule's {word}, say --name {word}={name}"


arguments = Property(
    "arguments",
    "What the rule does not know of the constructor does what its documentation says.",
    moved,
    dtype="float32",
    ruleless=True,
    of=lambda candidate: bool(candidate.unexplored),
)
