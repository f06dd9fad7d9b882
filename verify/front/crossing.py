"""Every optimizer of one name against every other, of all frameworks that are installed."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from lawful.verify.candidates.claim import claimed
from lawful.verify.candidates.frameworks import adapters
from lawful.verify.candidates.places import name_of
from lawful.verify.errors import Unanswerable, WorkerError, first_line
from lawful.verify.front.glance import refuse_at_a_glance, source_of
from lawful.verify.front.planning import DESCRIPTION
from lawful.verify.front.translations import SIDES, Answer, between, is_target
from lawful.verify.language.families import find_family
from lawful.verify.workers.pool import Pool

LIKE = "-like"
PLACES = ("", ".optim", ".optimizer", ".optimizers", ".nn.optim", ".api")
"""Where frameworks keep their optimizers, below the package that an adapter knows."""

Tell = Callable[[str], object]


@dataclass(frozen=True)
class Crossed:
    """What optimizers can be set to.

    Attributes:
        rules: target → what it follows as it is.
        untold: target → why it is not among them.
        answers: from each target to each other.
    """

    rules: dict[str, str]
    untold: dict[str, str]
    answers: list[Answer]


class Once:
    """What is asked of a pool, asked once."""

    def __init__(self, pool: Any) -> None:
        """Nothing is asked yet."""
        self._pool, self._known = pool, dict[str, Any]()

    def call(self, place: str, *asked: Any, **more: Any) -> Any:
        """The answer."""
        key = repr((place, asked))
        if key not in self._known:
            self._known[key] = self._pool.call(place, *asked, **more)
        return self._known[key]


def crossed(
    kind: str, places: Sequence[str], seed: int, timeout: float, tell: Tell = str, asked: Any = None
) -> Crossed:
    """Every optimizer whose name is a rule's against every other; each as it is by default.

    Args:
        kind: `adamw-like`.
        places: modules in which they are looked for, and targets that are taken whatever they are called; those of
            torch and of the frameworks that are installed, without.
        seed, timeout: as of `between`.
        tell: what is told how far it is.
        asked: a pool, or what stands for one.

    Raises:
        Unanswerable: there is no such rule or place, or fewer than two optimizers.
    """
    name = find_family(kind.removesuffix(LIKE))[0].name
    refuse_at_a_glance(places)
    with ExitStack() as stack:
        pool = Once(asked or stack.enter_context(Pool(1)))
        targets = list(dict.fromkeys(_targets(name, places, pool, timeout)))
        rules, untold = _sides(targets, pool, seed, timeout, tell)
        if len(rules) < 2:
            raise Unanswerable(f"--all {kind}: {_few(rules, untold)}.")
        pairs = list(permutations(rules, 2))
        answers = []
        for count, (first, second) in enumerate(pairs, start=1):
            tell(f"pair {count} of {len(pairs)}: {first} to {second}")
            answers.append(between(first, second, {}, {}, "", seed, timeout, pool))
    return Crossed(rules, untold, answers)


def _few(rules: dict[str, str], untold: dict[str, str]) -> str:
    there = f"{next(iter(rules))} is the only one here" if rules else "there is none here"
    return f"{there}{''.join(f'; {target}: {why}' for target, why in untold.items())}".rstrip(".")


def _targets(name: str, asked: Sequence[str], pool: Any, timeout: float) -> Iterator[str]:
    """Targets as they stand, and of modules the optimizers that are called so."""
    for place in asked or _installed():
        if is_target(place):
            yield place
            continue
        own = f"{DESCRIPTION}:own", place
        try:
            found = pool.call(*own, gives=list[str], timeout=timeout, about=place)
        except Unanswerable:
            if asked:
                raise
            continue
        yield from (target for target in found if _claims(target) == name)


def _claims(target: str) -> str:
    try:
        return claimed(name_of(target))
    except Unanswerable:  # a name that no rule can have
        return ""


def _installed() -> list[str]:
    """The modules of torch and of frameworks that are there; nothing is imported."""
    roots = dict.fromkeys(("torch", *(root for a in adapters().values() if a.maker for root in a.roots)))
    return [f"{root}{part}" for root in roots for part in PLACES if source_of(f"{root}{part}")]


def _sides(
    targets: Sequence[str], pool: Any, seed: int, timeout: float, tell: Tell
) -> tuple[dict[str, str], dict[str, str]]:
    """What each follows, or why that is not known."""
    from lawful.properties.translation.sides import Side

    rules, untold = dict[str, str](), dict[str, str]()
    for count, target in enumerate(targets, start=1):
        tell(f"optimizer {count} of {len(targets)}: {target}")
        try:
            side = pool.call(f"{SIDES}:side", target, {}, {}, seed, gives=Side, timeout=timeout, about=target)
            rules[target] = side.rule
        except (Unanswerable, WorkerError) as error:
            untold[target] = first_line(error)
    return rules, untold
