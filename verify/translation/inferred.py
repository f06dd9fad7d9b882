"""A "no" that follows from another: along settings that are proved, without a search of its own.

If no setting of B does what A does at some setting, and A′ can be set to do that, then no setting of B does what A′
does so set; and if B can be set to do whatever B′ does, no setting of B′ does it either.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sympy import Expr, Symbol

from lawful.verify.language.plain import plain
from lawful.verify.language.rule import Rule
from lawful.verify.translation.experiments import ONE_ELEMENT
from lawful.verify.translation.found import Found
from lawful.verify.translation.impossible import Impossible

Setting = Mapping[Symbol, Expr]
"""Hyperparameter → exact number."""


@dataclass(frozen=True)
class Known:
    """What was found of rules so far, each called by its name.

    Attributes:
        rules: name → rule.
        found: from → to → the settings with which that does what this does.
        none: to → from → that no setting of that does.
    """

    rules: Mapping[str, Rule]
    found: dict[str, dict[str, Sequence[Found]]] = field(default_factory=lambda: defaultdict(dict))
    none: dict[str, dict[str, Impossible]] = field(default_factory=lambda: defaultdict(dict))

    def inferred(self, first: str, second: str) -> Impossible | None:
        """That no setting of the second does what the first does, if that follows from what was found."""
        for wider in (second, *self._doing(second)):
            for one, why in self.none[wider].items():
                if (chain := self._chain(one, why.setting, first)) is not None:
                    return _carried(why, (one, wider), chain, second)
        return None

    def _doing(self, second: str) -> Iterator[str]:
        """Rules that can be set to do whatever the second does."""
        for other, found in self.found[second].items():
            if any(not (one.zero or one.above or one.needed or one.begun) for one in found):
                yield other

    def _chain(self, first: str, setting: Setting, last: str) -> dict[str, Setting] | None:
        """Rules that do the same one after the other, up to the last, with their settings; None if there is no way."""
        chains = {first: {first: setting}}
        reached = [first]
        for here in reached:  # which grows on the way
            if here == last:
                return chains[here]
            for other, found in self.found[here].items():
                if other not in chains and (so := self._set_so(chains[here][here], other, found)) is not None:
                    chains[other] = {**chains[here], other: so}
                    reached.append(other)
        return None

    def _set_so(self, at: Setting, other: str, found: Iterable[Found]) -> Setting | None:
        """The setting of another rule that does what one does at a setting; None if none is known."""
        every = (
            {s: e.xreplace({**ONE_ELEMENT, **at}) for s, e in one.setting.items()}
            for one in found
            if _at(one, at)
        )
        rule = self.rules[other]
        allowed = (
            so for so in every if all(e.is_finite and float(e) in rule.domain(s) for s, e in so.items())
        )
        return next(allowed, None)


def _at(one: Found, setting: Setting) -> bool:
    """Whether what was found holds at a setting."""
    return (
        not one.begun
        and all(setting[s] == 0 for s in one.zero)
        and all(setting[s] != 0 for s in one.above)
        and all(e.xreplace({**ONE_ELEMENT, **setting}).is_positive for e in one.needed)
    )


def _carried(why: Impossible, of: tuple[str, str], chain: Mapping[str, Setting], second: str) -> Impossible:
    """The same of the last rule of a chain, and of a rule that does no more than that of which it was shown."""
    first, wider = of
    *before, last = chain.items()
    lines = [
        *(f"{name} does the same at {_told(setting)}." for name, setting in [last, *before[::-1]]),
        *([f"{wider} can be set to do whatever {second} does."] if wider != second else []),
        f"{wider} can be set to do what {first} does there by nothing:",
    ]
    return replace(
        why, setting=last[1], lines=[*lines, *(f"  {line}" for line in why.lines)], of=why.of or of
    )


def _told(setting: Setting) -> str:
    return ", ".join(f"{plain(s)} = {plain(e)}" for s, e in setting.items())
