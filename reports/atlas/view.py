"""An atlas as its pages see it: optimizers with their releases, rules with those that follow them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from lawful.reports.atlas.data import Atlas
from lawful.reports.atlas.rows import IDENTITY, Row, parted
from lawful.reports.atlas.telling import outcome
from lawful.reports.words import quoted
from lawful.verify.evidence import Verdict, overall

FINE = (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)

BEFORE = ("install", "import")
"""What has to be done before an optimizer can be asked anything."""


@dataclass(frozen=True)
class Followed:
    """A rule that is followed.

    Attributes:
        rank: by which tensors: `matrices`; "" if by all.
        rule: without conventions.
        form: these, and what it takes besides.
    """

    rank: str
    rule: str
    form: str


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

    @cached_property
    def followed(self) -> list[Followed]:
        """The rules that it follows: one, or one for each rank of tensors; none where none is known."""
        found = self.identity
        if not found or not found.rule:
            return []
        if ": " not in found.rule:
            form = ", ".join(filter(None, (found.conventions, found.beside)))
            return [Followed("", found.rule, form)]
        ranks = (each.partition(": ") for each in found.rule.split("; "))
        return [Followed(rank, *parted(rule)) for rank, _, rule in ranks]

    @property
    def follows(self) -> str:
        """The rule that it follows, with its conventions; or why none is known."""
        found = self.identity
        if found is None or found.follows:
            return found.follows if found else ""
        if found.verdict not in (Verdict.LAWFUL, Verdict.INCONCLUSIVE):
            return str(found.verdict)
        return "no rule found" if found.dtype else "cannot be asked"

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
        return "; ".join(filter(None, (self.follows, self.broken)))

    @property
    def broken(self) -> str:
        """What else was asked comes to: `fails idle, quiet`."""
        return outcome(self.checks)

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
    def place(self) -> str:
        """`PACKAGE/MODULE.CLASS`, and what tells other arguments from them, whatever else is in the atlas."""
        fixed = f".{sha256(self.arguments.encode()).hexdigest()[:8]}" if self.arguments else ""
        return f"{slug(self.package)}/{slug(self.target.replace(':', '.'))}{fixed}"

    @property
    def page(self) -> str:
        """Where its page is, from the front page."""
        return f"classes/{self.place}.html"

    @property
    def badge(self) -> str:
        """Where its badge is, from the front page."""
        return f"badges/{self.place}.svg"

    @property
    def rules(self) -> list[str]:
        """The rules that its last release follows, without conventions."""
        return list(dict.fromkeys(each.rule for each in self.latest.followed))

    @property
    def ever(self) -> list[str]:
        """Those that some release follows."""
        return list(dict.fromkeys(each.rule for seen in self.history for each in seen.followed))

    def form(self, rule: str) -> str:
        """How its last release follows a rule: with which conventions, for which tensors."""
        of = [each for each in self.latest.followed if each.rule == rule]
        return "; ".join(", ".join(filter(None, (each.rank, each.form))) for each in of)

    @cached_property
    def faults(self) -> dict[Row, list[str]]:
        """What was seen that is not fine → the releases in which it was, those of the last release first."""
        found: dict[tuple[str, ...], tuple[Row, list[str]]] = {}
        for seen in reversed(self.history):
            for row in seen.checks:
                if row.verdict not in FINE:
                    about = row.property, row.path, row.dtype, row.verdict, row.said
                    found.setdefault(about, (row, []))[1].insert(0, row.version)
        return dict(found.values())

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
        if row.property not in BEFORE:
            of = found.setdefault((row.package, row.target, row.arguments), {})
            of.setdefault(row.version, []).append(row)
    return [Optimizer(*key, [Seen(v, rows) for v, rows in each.items()]) for key, each in found.items()]


def forms(rule: str, found: Iterable[Optimizer]) -> dict[str, list[Optimizer]]:
    """How a rule is followed → by which optimizers; as it is written first."""
    by_form: dict[str, list[Optimizer]] = {}
    for one in found:
        by_form.setdefault(one.form(rule), []).append(one)
    return dict(sorted(by_form.items()))


def unasked(atlas: Atlas) -> list[Row]:
    """What could not be installed, imported or looked at."""
    return [row for row in atlas.rows if row.property in BEFORE]


def broken(found: Iterable[Optimizer]) -> dict[str, int]:
    """Property → how many optimizers lack it in their last release, what most lack first."""
    lacking = Counter(
        p for one in found for p in {r.property for r in one.latest.checks if r.verdict not in FINE}
    )
    return dict(lacking.most_common())


def again(one: Optimizer) -> str:
    """The commands that ask its last release again."""
    fixed = ast.parse(f"of({one.arguments})", mode="eval").body
    assert isinstance(fixed, ast.Call)
    words = [
        one.target,
        *(w for each in fixed.keywords for w in ("--arg", f"{each.arg}={ast.unparse(each.value)}")),
    ]
    asked = " ".join(map(quoted, words))
    return f"pip install {one.package}=={one.latest.version}\nlawful identify {asked}\nlawful check {asked}"


def slug(text: str) -> str:
    """The text as the name of a file."""
    return re.sub(r"[^A-Za-z0-9._]+", "-", text).strip("-") or "none"
