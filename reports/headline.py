"""The first lines of a report, a sentence for each thing that was asked: the rule, the contract, what stands beside."""

from collections.abc import Iterable, Iterator

from lawful.reports.model import Report, Result, Summary
from lawful.reports.words import enumerated, number, plain, plural, ratio, way
from lawful.verify.evidence import UNCLAIMED, Severity, Verdict, overall

CONFORMANCE = (
    "conformance",
    "schedule",
    "average",
    "statistics",
    "clip",
    "division",
    "loss-scale",
    "total-norm",
)
"""The checks that a rule is followed, in every way to run, or a schedule, or by another piece of a training loop."""

ONLY = "default"
"""What the path of an optimizer is called that has no other."""

NAMED = 4
"""How many broken promises are named."""

Line = tuple[Verdict, str]


def outcome(summary: Summary) -> str:
    """`lib:AdamW: lawful, with 3 accepted deviations`."""
    return f"{plain(summary.target)}: {concluded(summary.verdict, summary.known)}"


def concluded(verdict: Verdict, known: int) -> str:
    """`lawful, with 3 accepted deviations`."""
    with_ = "with" if verdict is Verdict.LAWFUL else "besides"
    return f"{verdict}, {with_} {plural(known, 'accepted deviation')}" if known else str(verdict)


def lines(summary: Summary) -> Iterator[Line]:
    """What was found out of one target: of its rule, of the contract."""
    yield from rule(summary)
    yield from contract(summary)
    if names := list(dict.fromkeys(name for r in summary.results for name in r.evidence.unvaried)):
        yield Verdict.NOT_APPLICABLE, f"Never varied: {plain(', '.join(names))}."


def sentence(summary: Summary) -> str:
    """All of it in one line."""
    return " ".join([f"{outcome(summary)}.", *(text for _, text in lines(summary))])


# ------------------------------------------------------------------------------------------------ the rule
def rule(summary: Summary) -> Iterator[Line]:
    """Whether the rule is followed: where, and how far."""
    name, asked = (
        plain(summary.rule),
        [r for r in summary.of(Severity.CORE) if r.check.property in CONFORMANCE],
    )
    if summary.rule == UNCLAIMED:
        hint = f"say --rule RULE, or ask `lawful identify {plain(summary.target)}`"
        yield Verdict.NOT_APPLICABLE, f"It claims no rule. Whether it follows one was not asked: {hint}."
    elif summary.thin:
        applied = f"only {summary.judged} of {len(summary.results)} checks applied"
        yield Verdict.INCONCLUSIVE, f"Against {name}, {applied}: too few to say anything."
    elif asked:
        yield from _followed(name, asked, summary)
    laws = [r for r in summary.of(Severity.CORE) if r.check.property not in CONFORMANCE]
    broken = [r for r in laws if r.evidence.counted is Verdict.UNLAWFUL]
    if broken and all(r.evidence.verdict is Verdict.LAWFUL for r in asked):
        names = enumerated([r.check.property for r in broken], NAMED)
        yield (
            Verdict.UNLAWFUL,
            f"{plural(len(broken), 'law')} of {name} {_do(broken)} not hold of it: {names}.",
        )


def _do(broken: list[Result]) -> str:
    return "does" if len(broken) == 1 else "do"


def _followed(name: str, asked: list[Result], summary: Summary) -> Iterator[Line]:
    good = [r for r in asked if r.evidence.verdict is Verdict.LAWFUL]
    excused = [r for r in asked if r.evidence.known and r not in good]
    bad = [r for r in asked if r.evidence.counted is Verdict.UNLAWFUL]
    open_ = [r for r in asked if not any(r in told for told in (good, excused, bad))]
    if excused:
        yield Verdict.LAWFUL, f"That it does not follow {name} {ways(excused)} is accepted."
    if bad:
        cause = next((f.cause for r in bad for f in r.evidence.findings if f.cause), "")
        where_ = f" {ways(bad)}" if good or open_ else ""
        said = f"It does not follow {name}{where_}{f': {plain(cause)}' if cause else ''}."
        yield Verdict.UNLAWFUL, f"{said} It does{_where(good)}." if good else said
    elif good:
        yield Verdict.LAWFUL, f"It follows {name}{_where(good)}{_narrow(summary)}."
    if open_:
        verdict = overall(r.evidence.counted for r in open_)
        yield verdict, f"Whether it follows {name} {ways(open_)} was not found out ({verdict})."


def _where(good: list[Result]) -> str:
    """` on loop and foreach in float32, off by at most 0.93 of what rounding explains`; "" without numbers."""
    worst = max(r.evidence.worst for r in good)
    numbers = any(r.evidence.comparisons for r in good)
    return f" {ways(good)}, off by at most {ratio(worst)} of what rounding explains" if numbers else ""


def _narrow(summary: Summary) -> str:
    said = f", {plain(summary.arithmetic)}" if summary.arithmetic else ""
    return f"{said}, once {plain(' and '.join(summary.off))}" if summary.off else said


def ways(results: Iterable[Result]) -> str:
    """`on loop and foreach in float64 and float32; on fused in bfloat16`; `in float32` where there is one way alone."""
    formats: dict[str, list[str]] = {}
    for result in results:
        formats.setdefault(way(result.check), []).append(result.check.dtype)
    paths: dict[tuple[str, ...], list[str]] = {}
    for path, dtypes in formats.items():
        paths.setdefault(tuple(dtypes), []).append(path)
    return "; ".join(f"{on(names)}in {enumerated(dtypes)}" for dtypes, names in paths.items())


def on(paths: Iterable[str]) -> str:
    """`on loop and foreach `; nothing of the only way that there is."""
    named = [path for path in paths if path != ONLY]
    return f"on {enumerated(named)} " if named else ""


# -------------------------------------------------------------------------------------------- the contract
def contract(summary: Summary) -> Iterator[Line]:
    """Which promises are kept, and which are broken."""
    asked = [r for r in summary.results if r.check.severity is not Severity.CORE]
    judged = [r for r in asked if r.evidence.verdict is not Verdict.NOT_APPLICABLE]
    broken = _names(r for r in judged if r.evidence.counted is Verdict.UNLAWFUL)
    open_ = [r for r in judged if r.evidence.counted not in (Verdict.LAWFUL, Verdict.UNLAWFUL)]
    if broken:
        promises = f"{plural(len(broken), 'promise')} of {_promising(summary.kind)}"
        yield Verdict.UNLAWFUL, f"It breaks {promises}: {enumerated(broken, NAMED)}."
    elif judged and not open_:
        yield Verdict.LAWFUL, _kept(judged, summary.kind)
    if summary.kind == "array optimizer":
        yield Verdict.NOT_APPLICABLE, "What torch's optimizers alone promise was not asked of it."
    for verdict in dict.fromkeys(r.evidence.counted for r in open_):
        names = _names(r for r in open_ if r.evidence.counted is verdict)
        yield verdict, f"Not found out ({verdict}): {enumerated(names, NAMED)}."


def _kept(judged: list[Result], kind: str) -> str:
    kept, excused = (_names(r for r in judged if bool(r.evidence.known) is known) for known in (False, True))
    said = f"It keeps the {plural(len(kept), 'promise')} of {_promising(kind)} that it was asked about"
    but = f"That it breaks {plural(len(excused), 'promise')} of {_promising(kind)} is accepted"
    return ". ".join([*([said] if kept else []), *([but] if excused else [])]) + "."


def _promising(kind: str) -> str:
    """Who makes the promises that are asked of what is of a kind: torch, but for what is nobody's alone."""
    return "optimizers of any framework" if kind == "array optimizer" else f"torch's {kind}s"


def _names(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(result.check.property for result in results))


# --------------------------------------------------------------------------------------------------- numbers
def tally(summary: Summary) -> str:
    """`16 checks, 3.1 M comparisons; in 0.02 % of them rounding may explain anything`."""
    parts = [plural(len(summary.results), "check")]
    if idle := len(summary.results) - summary.judged:
        parts.append(f"{idle} of them not applicable")
    if summary.comparisons:
        parts.append(plural(summary.comparisons, "comparison"))
    said = ", ".join(parts)
    if days := sorted({result.recalled for result in summary.results} - {""}):
        said += f", as recorded on {' and '.join(days)}: nothing has changed since"
    if summary.no_verdict:
        share = 100 * summary.no_verdict / summary.comparisons
        said += f"; in {share:.2g} % of these rounding explains any value, and nothing was judged"
    return f"{said}."


def judged(report: Report) -> str:
    """What, by what, and when: `lion-pytorch 0.2.3, lawful 0.1.0, torch 2.13.0, python 3.11.7, profile quick, seed 0,
    2026-11-29`."""
    session = report.session
    own = [f"{name} {session.versions[name]}" for name in JUDGES if name in session.versions]
    targets = [name for name in dict.fromkeys(t.distribution for t in report.targets) if name not in own]
    said = [
        *targets,
        *own,
        f"profile {session.profile}",
        f"seed {number(session.seed)}",
        session.time.partition("T")[0],
    ]
    return plain(", ".join(part for part in said if part))


JUDGES = ("lawful", "torch", "python")
"""Of which versions a verdict is."""
