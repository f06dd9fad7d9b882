"""A finding in words: what was promised, what was seen and where, what follows from it, and what one can do."""

from collections.abc import Iterable, Iterator

from lawful.reports.findings import Group, groups
from lawful.reports.headline import on, ways
from lawful.reports.model import Report, Result
from lawful.reports.words import acceptance, enumerated, facts, outcome, plain, plural, repeat, sentence_case
from lawful.verify.evidence import Severity

TELLING = 4
"""How many consequences are named."""


def told(group: Group) -> str:
    """The cause first, if it is known; else what was seen."""
    return sentence_case(plain(group.finding.cause or group.finding.message)).removesuffix(".") + "."


def statement(group: Group) -> str:
    """What was seen, where the cause was said; else the promise, or the law, that is not kept."""
    if group.finding.cause:
        return sentence_case(plain(group.finding.message))
    sentence, core = group.check.sentence.replace("`", ""), group.check.severity is Severity.CORE
    if not sentence or (core and group.finding.counterexample):
        return ""
    kind = "The law" if core else "The promise"
    return f"{kind} ({group.check.property}): {sentence}"


def seen_on(group: Group) -> str:
    """The ways to run that show it: `on foreach and fused in float32`."""
    own = list(dict.fromkeys(f.path for r in group.results for f in r.evidence.findings if f.path))
    if own:
        return f"{on(own)}in {enumerated(dict.fromkeys(check.dtype for check in group.checks))}"
    return ways(group.results)


def facts_of(group: Group) -> dict[str, str]:
    """The inputs and outcome of its counterexample; where else it was found; what follows from it."""
    example, said = group.finding.counterexample, dict[str, str]()
    if example is not None:
        said = {**outcome(example), **facts(example)}
    said["where"] = seen_on(group)
    if group.consequences:
        names = list(dict.fromkeys(result.check.property for result in group.consequences))
        laws, do = plural(len(names), "law"), "do" if len(names) > 1 else "does"
        said["hence"] = f"{laws} of the rule {do} not hold: {enumerated(names, TELLING)}"
    return said


def remedies(group: Group) -> list[str]:
    """What one can do: mend it, refuse it, accept it."""
    refuse = " or refuse it with a clear error;" if group.finding.refusable else ""
    accept, *more = acceptance(group.checks)
    others = f" (and {len(more)} more)" if more else ""
    return [
        f"Mend it;{refuse} or accept it{others}, under [tool.lawful.known] in pyproject.toml:",
        f"    {accept}",
    ]


def in_full(results: Iterable[Result], report: Report | None = None) -> str:
    """All findings in plain text, the gravest first: for a test that fails, or a notebook."""
    return "\n\n".join("\n".join(_paragraph(group, report or Report())) for group in groups(results))


def _paragraph(group: Group, report: Report) -> Iterator[str]:
    yield told(group)
    yield from filter(None, [statement(group), plain(group.finding.details), plain(group.finding.script)])
    yield from (f"Also: {plain(line)}" for line in group.also)
    yield from (f"  {name}: {value}" for name, value in facts_of(group).items())
    if group.check.severity is not Severity.CORE:
        yield from remedies(group)
    yield f"Repeat: {repeat(report, group.check)}"
