"""An atlas as its pages see it: optimizers with their releases, rules with those that follow them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lawful.reports.atlas.data import Atlas
from lawful.reports.atlas.rows import IDENTITY, Row
from lawful.reports.atlas.telling import outcome
from lawful.verify.evidence import Verdict, overall

FINE = (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)


@dataclass(frozen=True)
class Seen:
    """What one release of an optimizer was seen to do."""

    version: str
    rows: list[Row]

    @cached_property
    def verdict(self) -> Verdict:
        """The worst of its rows."""
        return overall(row.verdict for row in self.rows)

    @cached_property
    def identity(self) -> Row | None:
        """Which rule it follows, if that was asked."""
        return next((row for row in self.rows if row.property == IDENTITY), None)

    @property
    def follows(self) -> str:
        """The rule that it follows, with its conventions; or why none is known."""
        if self.identity is None:
            return ""
        undecided = self.identity.verdict in (Verdict.LAWFUL, Verdict.INCONCLUSIVE)
        return self.identity.follows or ("no rule found" if undecided else str(self.identity.verdict))

    @cached_property
    def checks(self) -> list[Row]:
        """What else was asked."""
        return [row for row in self.rows if row.property != IDENTITY]

    @cached_property
    def by_property(self) -> dict[str, list[Row]]:
        """Property → its rows."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.property, []).append(row)
        return found

    @cached_property
    def answer(self) -> str:
        """What it comes to, in words that change where the answer does."""
        return "; ".join(filter(None, (self.follows, outcome(self.checks))))

    def verdict_of(self, property: str) -> Verdict | None:
        """The worst verdict on a property; None where it was not asked."""
        verdicts = (row.verdict for row in self.by_property.get(property, ()))
        return max(verdicts, key=lambda each: each.rank, default=None)

    def said_of(self, property: str) -> str:
        """What there is to say of a property that is not fine."""
        rows = self.by_property.get(property, ())
        return "\n".join(dict.fromkeys(row.said for row in rows if row.verdict not in FINE))


@dataclass(frozen=True)
class Optimizer:
    """A class of a package, with these arguments, over its releases."""

    package: str
    target: str
    arguments: str
    history: list[Seen]

    @property
    def name(self) -> str:
        """The class, and what of it is fixed."""
        cls = self.target.rpartition(":")[2]
        return f"{cls}({self.arguments})" if self.arguments else cls

    @property
    def latest(self) -> Seen:
        """The last of its releases."""
        return self.history[-1]

    @property
    def anchor(self) -> str:
        """Its place on the page of its package."""
        return slug(f"{self.target} {self.arguments}")

    @property
    def page(self) -> str:
        """Where that is, from the front page."""
        return f"packages/{slug(self.package)}.html#{self.anchor}"

    @property
    def badge(self) -> str:
        """Where its badge is, from the front page."""
        return f"badges/{slug(self.package)}/{self.anchor}.svg"

    @property
    def rule(self) -> str:
        """The rule that it follows by now, without conventions; "" where none is known."""
        return self.latest.identity.rule if self.latest.identity else ""

    @property
    def form(self) -> str:
        """The conventions of that rule, and what it takes besides."""
        found = self.latest.identity
        return ", ".join(filter(None, (found.conventions, found.beside))) if found else ""

    @cached_property
    def changes(self) -> list[bool]:
        """For each release, whether the answer is another than that of the release before."""
        answers = [seen.answer for seen in self.history]
        return [i > 0 and answers[i] != answers[i - 1] for i in range(len(answers))]

    def properties(self, fine: bool) -> list[str]:
        """What was asked of it beside its rule; what is fine in every release, or the rest."""
        asked = dict.fromkeys(row.property for seen in self.history for row in seen.checks)
        return [p for p in asked if fine == all(seen.verdict_of(p) in (*FINE, None) for seen in self.history)]


def optimizers(atlas: Atlas) -> list[Optimizer]:
    """Every optimizer of which something was asked."""
    found: dict[tuple[str, str, str], dict[str, list[Row]]] = {}
    for row in atlas.rows:
        if row.property not in ("install", "import"):
            of = found.setdefault((row.package, row.target, row.arguments), {})
            of.setdefault(row.version, []).append(row)
    return [Optimizer(*key, [Seen(v, rows) for v, rows in each.items()]) for key, each in found.items()]


def unasked(atlas: Atlas) -> list[Row]:
    """What could not be installed, imported or looked at."""
    return [row for row in atlas.rows if row.property in ("install", "import")]


def broken(found: Iterable[Optimizer]) -> list[str]:
    """The properties that some optimizer lacks in its last release, those first that most lack."""
    lacking = Counter(
        p for one in found for p in {r.property for r in one.latest.checks if r.verdict not in FINE}
    )
    return [name for name, _ in lacking.most_common()]


def slug(text: str) -> str:
    """The text as the name of a file."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-") or "none"
