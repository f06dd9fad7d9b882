"""One row an answer: what an atlas is as a table."""

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from lawful.reports.identity import sentences
from lawful.verify.atlas.query import Answer, Ask, Query
from lawful.verify.evidence import UNCLAIMED, Check, Evidence, Verdict
from lawful.verify.variants.identity import Identity

IDENTITY = "identity"
"""The property of an optimizer to follow some rule that has a name."""


@dataclass(frozen=True)
class Row:
    """An answer.

    Attributes:
        package, version: of which release.
        target: of which optimizer, or of which module where none of it can be looked at.
        path, dtype: how it was run; "" where that is not one.
        property: what was asked; `install` or `import` where it did not come to that.
        rule: that it follows, if that was asked; else that it was held against.
        conventions: of that rule, as its name has them: `eps="hat", k=6`.
        verdict: what follows; of an identity lawful if a rule was found without a change, else inconclusive.
        worst: the largest deviation, in units of what rounding explains.
        seconds: it took.
        record: the SHA-256 of the line of the record that has it in full.
        said: in a sentence or two, what there is to say of it.
        arguments: of the constructor, fixed, as Python writes them.
        beside: what it takes besides to follow that rule: a change at one place, an argument that is off.
    """

    package: str
    version: str
    target: str
    path: str
    dtype: str
    property: str
    rule: str
    conventions: str
    verdict: Verdict
    worst: float
    seconds: float
    record: str
    said: str = ""
    arguments: str = ""
    beside: str = ""

    @builtins.property
    def follows(self) -> str:
        """The rule with its conventions, and what it takes besides."""
        rule = f"{self.rule}({self.conventions})" if self.conventions else self.rule
        return f"{rule}, {self.beside}" if self.beside else rule


def rows(query: Query, answer: Answer, record: str) -> Iterator[Row]:
    """What an answer comes to; `record` is the hash of its line. The classes of a module are none."""
    release, target = query.release, query.target
    fixed = ", ".join(f"{name}={value!r}" for name, value in query.arguments.items())

    def row(
        property: str, verdict: Verdict, said: str = "", rule: str = query.rule, path: str = "", dtype: str = "",
        worst: float = 0.0, seconds: float = answer.seconds, beside: str = "",
    ) -> Row:  # fmt: skip
        name, conventions = parted(rule)
        about = release.package, release.version, target, path, dtype, property, name, conventions
        return Row(*about, verdict, worst, round(seconds, 3), record, said, fixed, beside)

    if failure := answer.failure:
        yield row(IDENTITY if failure.stage == Ask.IDENTIFY else failure.stage, failure.verdict, failure.said)
    if found := answer.identity:
        changed = any(
            fits[0].change for fits in (found.fits, *(one.fits for one in found.ranks.values())) if fits
        )
        verdict = Verdict.LAWFUL if found.found and not changed else Verdict.INCONCLUSIVE
        said = " ".join(line.strip() for line in sentences(found)).removeprefix(f"{target}: ")
        yield row(
            IDENTITY, verdict, said, named(found), dtype=found.dtype, worst=_worst(found), beside=_beside(found)
        )  # fmt: skip
    for check, evidence in answer.results:
        place = check.path, check.dtype
        yield row(
            check.property, evidence.verdict, _said(evidence), _held(check), *place, evidence.worst, evidence.seconds
        )  # fmt: skip


def _held(check: Check) -> str:
    return "" if check.rule == UNCLAIMED else check.rule


def _said(evidence: Evidence) -> str:
    return " ".join(f.sentence for f in evidence.findings) or "; ".join(evidence.notes)


def named(identity: Identity) -> str:
    """The rule that was found, or those of each rank; "" if none was."""
    if identity.ranks:
        return "; ".join(f"{rank}: {one.fits[0].rule}" for rank, one in identity.ranks.items() if one.fits)
    return identity.fits[0].rule if identity.fits else ""


def _beside(identity: Identity) -> str:
    change = identity.fits[0].change if identity.fits else ""
    return ", ".join(filter(None, (change, identity.once and f"once {identity.once}")))


def _worst(identity: Identity) -> float:
    if identity.ranks:
        return max(map(_worst, identity.ranks.values()))
    nearest = [identity.nearest] if identity.nearest else []
    return next((match.worst for match in (*identity.fits, *nearest)), inf)


def parted(rule: str) -> tuple[str, str]:
    """A rule's name and its conventions: `lookahead(adamw(eps="hat"), k=6)` is `lookahead(adamw)`, `eps="hat", k=6`."""
    try:
        tree = ast.parse(rule, mode="eval").body
    except SyntaxError:  # words of several rules, or of one with a change
        return rule, ""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    conventions = ", ".join(_spelt(keyword) for call in reversed(calls) for keyword in call.keywords)
    for call in calls:
        call.keywords = []
    return ast.unparse(tree).replace("()", ""), conventions


def _spelt(convention: ast.keyword) -> str:
    """With double quotes, as rules are printed."""
    value = convention.value.value if isinstance(convention.value, ast.Constant) else None
    spelt = f'"{value}"' if isinstance(value, str) else ast.unparse(convention.value)
    return f"{convention.arg}={spelt}"
