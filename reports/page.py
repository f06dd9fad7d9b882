"""What the HTML page says that the other reports do not: headline, tiles, matrix, tooltips, circumstances."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from lawful.reports import view, words
from lawful.reports.findings import Group, groups
from lawful.reports.headline import CONFORMANCE
from lawful.reports.model import Report, Result, Summary
from lawful.verify.candidates.description import Description
from lawful.verify.encoding import encode
from lawful.verify.evidence import Check, Severity, Verdict

if TYPE_CHECKING:
    from lawful.verify.theory.ledger import Saying


@dataclass(frozen=True)
class Column:
    """A group of the matrix's columns: one property and the dtypes in which it was looked at."""

    property: str
    dtypes: list[str]


def subject(report: Report) -> str:
    """What the report is about: `lib:AdamW`, `43 optimizers`, `108 laws`."""
    named = list(dict.fromkeys(summary.target for summary in report.summaries))
    if len(named) > SUBJECTS:
        return f"{len(named)} optimizers"
    return words.plain(", ".join(named)) or (
        words.plural(len(report.proofs), "law") if report.proofs else "nothing"
    )


SUBJECTS = 3
"""How many targets a title names."""


def worst_first(report: Report) -> list[Summary]:
    """The targets, those first that need attention most."""
    return sorted(report.summaries, key=lambda summary: (-summary.verdict.rank, -summary.known))


def searched(*texts: str) -> str:
    """What a search looks for in a row."""
    return words.plain(" ".join(texts)).lower()


def css_of(result: Result) -> str:
    """The class of a cell."""
    evidence = result.evidence
    return "accepted" if evidence.known or evidence.beside else evidence.verdict.replace(" ", "-")


def sections(report: Report) -> dict[str, bool]:
    """The page's sections, and which of them have something to say."""
    checked = bool(report.results)
    return {
        "findings": bool(report.findings),
        "verdicts": len(report.summaries) > 1,
        "matrix": checked,
        "rules": bool(report.rules),
        "laws": bool(report.proofs),
        "claims": bool(claims(report)),
        "figures": bool(report.figures),
        "notes": bool(report.notes),
        "environment": True,
    }


TRUTHS = {
    "true": Verdict.LAWFUL,
    "false": Verdict.UNLAWFUL,
    "needs a qualification": Verdict.INCONCLUSIVE,
    "empirical": Verdict.NOT_APPLICABLE,
}
"""What becomes of a claim → the verdict whose colour it has."""


def claims(report: Report) -> dict[str, "Saying"]:
    """The claims of the ledger that the report's proofs decide."""
    if not report.proofs:
        return {}
    from lawful.verify.theory.ledger import ledger  # the laws are slow to import, and most reports have none

    proved = {proof.law for proof in report.proofs if proof.verdict is Verdict.LAWFUL}
    return {n: s for n, s in ledger().items() if s.laws and proved.issuperset(s.names)}


def tested(report: Report, law: str) -> list[Result]:
    """The checks of what a law predicts, those that applied."""
    found = (result for result in report.results if result.check.property == law)
    return [result for result in found if result.evidence.verdict is not Verdict.NOT_APPLICABLE]


def headline(report: Report) -> str:
    """The outcome in a sentence or two."""
    parts = []
    if verdicts := [summary.verdict for summary in report.summaries]:
        kinds = sorted(set(verdicts), key=lambda each: -each.rank)
        each = [f"{verdicts.count(verdict)} {verdict}" for verdict in kinds]
        parts += [f"Of {len(verdicts)} implementations: {', '.join(each)}."] if len(verdicts) > 1 else []
    if report.proofs:
        parts.append(words.laws(report.proofs))
    if not report.ended:
        parts.append("The run was cut short; this is what was known by then.")
    return " ".join(parts) if verdicts or parts else "Nothing was tested."


def tiles(report: Report) -> list[tuple[str, str]]:
    """The numbers at the head of the page."""
    counted = [
        (len(report.summaries), "implementations"),
        (len(report.results), "checks"),
        (sum(summary.comparisons for summary in report.summaries), "comparisons"),
        (sum(g.counts for summary in report.summaries for g in groups(summary.results)), "findings"),
        (len(report.rules), "rules"),
        (len(report.proofs), "laws"),
        (words.certified(report.proofs), "laws certified by coqc"),
    ]
    return [(words.count(number), noun) for number, noun in counted if number]


COLUMNS = 12
"""How many properties have a column each; of more, those that were asked once and need attention nowhere share one."""


def columns(report: Report) -> list[Column]:
    """The matrix's columns, in the order in which properties first appear."""
    results: dict[str, list[Result]] = {}
    for result in report.results:
        results.setdefault(result.check.property, []).append(result)
    all_of_them = [Column(name, view.dtypes(group)) for name, group in results.items()]
    wide = [c for c in all_of_them if len(c.dtypes) > 1 or any(map(_needs_attention, results[c.property]))]
    return all_of_them if len(all_of_them) <= COLUMNS else wide


def _needs_attention(result: Result) -> bool:
    """Whether it has a column of its own, which laws have not: their names are long, and the findings tell of them."""
    fine = result.evidence.verdict in (Verdict.LAWFUL, Verdict.NOT_APPLICABLE)
    return (bool(result.evidence.findings) and result.check.severity is not Severity.CORE) or (
        not fine and result.check.property in CONFORMANCE
    )


def others(summary: Summary, shown: list[Column]) -> dict[Verdict, list[str]]:
    """Verdict → the properties of a target that have no column of their own."""
    named, found = {column.property for column in shown}, dict[Verdict, list[str]]()
    for result in summary.results:
        if result.check.property not in named:
            found.setdefault(result.evidence.verdict, []).append(result.check.property)
    return found


def ways(summary: Summary) -> dict[str, dict[tuple[str, str], Result]]:
    """The matrix's rows of one target: way of running → (property, dtype) → result."""
    rows: dict[str, dict[tuple[str, str], Result]] = {}
    for result in summary.results:
        for path in view.shown_by(result):
            way = words.way(replace(result.check, path=path))
            rows.setdefault(way, {})[result.check.property, result.check.dtype] = result
    return rows


def tooltip(result: Result) -> str:
    """What a cell of the matrix says when it is pointed at."""
    evidence = result.evidence
    said = [f"{words.where(result.check)} — {evidence.verdict}"]
    if evidence.comparisons:
        said.append(
            f"largest deviation {words.deviation(evidence.worst)}, median {words.ratio(evidence.median)}"
        )
        compared = words.plural(evidence.comparisons, "comparison")
        said.append(f"{compared} in {words.plural(evidence.scenarios, 'scenario')}")
        said.append(words.no_verdict(evidence.no_verdict, evidence.comparisons))
    said.append(words.seconds(evidence.seconds))
    said += [words.plain(finding.message) for finding in evidence.findings]
    return "\n".join(filter(None, said))


def anchor(group: Group) -> str:
    """The id of a finding's card."""
    finding, evidence = group.finding, group.results[0].evidence
    said = [group.check.target, group.check.rule, group.check.property, finding.cause, finding.question]
    return "f" + sha256(encode([*said, evidence.known, evidence.verdict])).hexdigest()[:12]


def anchors(summary: Summary) -> dict[str, str]:
    """The key of each check that found something → the card where it is told."""
    found: dict[str, str] = {}
    for group in groups(summary.results):
        for result in (*group.results, *group.consequences):
            found.setdefault(result.check.key, anchor(group))
    return found


def folded(report: Report) -> dict[str, list[Group]]:
    """What the verdict does not rest on, under a heading each: what stands beside it, what is accepted."""
    rest = [group for summary in report.summaries for group in groups(summary.results) if not group.counts]
    beside, accepted = ([g for g in rest if not g.known], [g for g in rest if g.known])
    named = {
        f"{words.plural(len(beside), 'thing')} told beside the verdict": beside,
        words.plural(report.known, "accepted deviation"): accepted,
    }
    return {title: cards for title, cards in named.items() if cards}


def environment(report: Report) -> dict[str, str]:
    """The circumstances of the run."""
    session = report.session
    command = ["lawful", *session.arguments]
    named = {
        "time": session.time,
        "command": " ".join(map(words.quoted, command)) if session.arguments else "",
        "profile": session.profile,
        "seed": str(session.seed),
        "versions": ", ".join(f"{name} {version}" for name, version in session.versions.items()),
        "platform": session.platform,
        "processor": session.cpu,
        "devices": ", ".join(session.devices) or "cpu",
    }
    return {name: words.plain(value) for name, value in named.items() if value}


def description(report: Report, check: Check) -> Description | None:
    """What is known of a check's implementation."""
    return next((target for target in report.targets if target.target == check.target), None)


def described(target: Description, report: Report) -> dict[str, str]:
    """Where an implementation came from, how it can run, and what of it was varied."""
    named = {
        "distribution": target.distribution,
        "class": f"{target.module}.{target.name}",
        "signature": target.signature,
        "source": f"SHA-256 {target.source_hash}",
        "runs": ", ".join(target.paths),
        **exercised(result for result in report.results if result.check.target == target.target),
    }
    return {name: words.plain(value) for name, value in named.items() if value}


def exercised(results: Iterable[Result]) -> dict[str, str]:
    """Option → in which ways it was varied."""
    found: dict[str, dict[str, None]] = {}
    for result in results:
        for option, how in result.evidence.exercised.items():
            found.setdefault(f"{words.plain(option)} varied", {})[how] = None
    return {option: "; ".join(hows) for option, hows in found.items()}
