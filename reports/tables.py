"""The lists of `lawful prove`, `rules`, `laws`, `claims` and `compare` on a terminal."""

import inspect
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from lawful.reports.changes import Change
from lawful.reports.mathematics import rule_text
from lawful.reports.ruletext import RuleText
from lawful.reports.terminal import STYLES, pairs
from lawful.reports.words import GLYPHS, assurances, hypotheses, plain, plural, seconds
from lawful.verify.evidence import Verdict
from lawful.verify.language.family import Family
from lawful.verify.language.rule import Rule
from lawful.verify.language.schedule import Schedule
from lawful.verify.language.transformation import Transformation
from lawful.verify.theory.ledger import Saying, Truth
from lawful.verify.theory.proof import Proof
from lawful.verify.theory.topics import Topic


def show_row(proof: Proof, console: Console) -> None:
    """Prints a row of `lawful prove`: law, seconds; kind, source; by what it was proved and checked; hypotheses."""
    by = f"{_kind(proof)}, {proof.source}; by {proof.proved_by}; checked by {proof.checked_by}"
    sign = Text.assemble((GLYPHS[proof.verdict], STYLES[proof.verdict]), " ", (proof.law, "bold"))
    console.print(Text.assemble(sign, "  ", (seconds(proof.seconds), "dim")))
    console.print(Padding(Group(Text(by, "dim"), pairs(hypotheses(proof))), (0, 0, 1, 2)))


def show_total(proofs: Collection[Proof], console: Console) -> None:
    """Prints what became of all laws."""
    held = sum(proof.verdict is Verdict.LAWFUL for proof in proofs)
    total = seconds(sum(proof.seconds for proof in proofs))
    told = "proved, checked again, and told from a false neighbour"
    lemmas = sum(proof.role == "lemma" for proof in proofs)
    among = f" ({plural(lemmas, 'lemma')} among them, of no rule)" if lemmas else ""
    console.print(f"{held} of {plural(len(proofs), 'law')}{among} {told}, {total}.")


def _kind(proof: Proof) -> str:
    return proof.kind if proof.role == "law" else f"{proof.role}, {proof.kind}"


def show_proof(proof: Proof, console: Console) -> None:
    """Prints one proof, step by step, with what it rests on."""
    console.print(proved(proof))


def proved(proof: Proof) -> RenderableType:
    """One proof: statement, status, source, steps, time."""
    lines = [Text(line, "dim") for line in proof.steps]
    body = Group(
        Text(proof.statement),
        Text(f"{_kind(proof)}, {proof.source}", "dim"),
        pairs(assurances(proof)),
        *lines,
    )
    title = Text.assemble((GLYPHS[proof.verdict], STYLES[proof.verdict]), " ", (proof.law, "bold"))
    return Group(title, Padding(body, (0, 0, 1, 2)))


SHARDED = {
    "lane": "",
    "tensor": "looks at whole tensors: not invariant where these are sharded",
    "optimizer": "looks at all parameters at once: not invariant to sharding",
}
"""How far a rule looks → what that means for sharding."""


def show_rules(families: Iterable[Family], console: Console) -> None:
    """Prints the list of `lawful rules`: name, source, sharding, and the conventions with the default first."""
    for family in families:
        console.print(_title(family.name, str(family().source), family()))
        choices = {name: " | ".join(map(repr, values)) for name, values in family.conventions.items()}
        console.print(Padding(pairs(choices), (0, 0, 1, 2)))


def show_transformations(known: Iterable[Transformation], console: Console) -> None:
    """Prints what may stand in front of a rule: name, what it makes of it, conventions with the default first."""
    for one in known:
        said = inspect.cleandoc(one.build.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
        console.print(Text.assemble((f"{one.name}(rule)", "bold"), "  ", (said, "dim")))
        choices = {name: " | ".join(map(repr, values)) for name, values in one.conventions.items()}
        console.print(Padding(pairs(choices), (0, 0, 0, 2)) if choices else "", end="\n" if choices else "")


def show_schedules(known: Iterable[Schedule], console: Console) -> None:
    """Prints what schedulers are held against: name, source, what it does, conventions with the default first."""
    for one in known:
        said = inspect.cleandoc(one.build.__doc__ or "").replace("\n", " ")
        console.print(Text.assemble((one.name, "bold"), "  ", (f"{one.source}: {said}", "dim")))
        choices = {name: " | ".join(map(repr, values)) for name, values in one.conventions.items()}
        console.print(Padding(pairs(choices), (0, 0, 0, 2)) if choices else "", end="\n" if choices else "")


def show_printed(text: RuleText, console: Console) -> None:
    """Prints a schedule: its source, and its formula."""
    console.print(Text.assemble((text.rule, "bold"), "  ", (text.source, "dim")))
    console.print(Padding(Text(text.text), (1, 0, 1, 2)), no_wrap=True, overflow="ignore", crop=False)


def show_rule(rule: Rule, console: Console) -> None:
    """Prints one rule as its paper does, with the values that it starts from and the defaults."""
    text = rule_text(rule)
    console.print(_title(text.rule, text.source, rule))
    console.print(Padding(Text(text.text), (1, 0, 1, 2)), no_wrap=True, overflow="ignore", crop=False)


def _title(name: str, source: str, rule: Rule) -> Text:
    sharded = SHARDED[rule.scope]
    return Text.assemble((name, "bold"), "  ", (source, "dim"), f"\n  {sharded}" if sharded else "")


def show_contents(topics: Mapping[str, Topic], asked: str, console: Console) -> None:
    """Prints a table of contents: each topic, what it is about, and the names in it; then how to ask for more."""
    for topic in topics.values():
        console.print(Text.assemble((topic.name, "bold"), "  ", (topic.title, "dim")))
        console.print(Padding(Text("\n".join(topic.members)), (0, 0, 1, 4)))
    total = sum(len(topic.members) for topic in topics.values())
    more = f"lawful {asked} --topic TOPIC prints a topic, lawful {asked} NAME one alone."
    console.print(f"{total} in {plural(len(topics), 'topic')}; {more}", soft_wrap=True)


def show_laws(topic: Topic, console: Console) -> None:
    """Prints the laws of a topic: name, statement, source."""
    console.print(Text(f"{topic.title}\n", "dim"))
    for law in topic.members.values():
        said = Text(f"{law.kind if law.role == 'law' else f'{law.role}, {law.kind}'}, {law.source}", "dim")
        console.print(Text(law.name, "bold"))
        console.print(Padding(Group(Text(law.statement), said), (0, 0, 1, 2)))


TRUTHS = {Truth.TRUE: "green", Truth.FALSE: "red", Truth.QUALIFIED: "yellow", Truth.EMPIRICAL: "dim"}
"""The colour of what becomes of a claim."""


def show_claims(sayings: Mapping[str, Saying], console: Console) -> None:
    """Prints the ledger of `lawful claims`: claim, verdict, reason, what decides it, where it is made."""
    for name, saying in sayings.items():
        told = {"decided by": ", ".join(saying.decided_by), "made at": " ".join(saying.said)}
        body = Group(Text(saying.claim), Text(saying.because), pairs({k: v for k, v in told.items() if v}))
        console.print(Text.assemble((saying.truth, TRUTHS[saying.truth]), "  ", (name, "bold")))
        console.print(Padding(body, (0, 0, 1, 2)))
    counted = Counter(saying.truth for saying in sayings.values())
    console.print(", ".join(f"{counted[truth]} {truth}" for truth in Truth if counted[truth]) + ".")


def show_changes(changed: Mapping[str, list[Change]], console: Console) -> None:
    """Prints what changed between two reports, under a heading for each section."""
    if not changed:
        console.print("Nothing changed.")
    for section, found in changed.items():
        console.print(Text(f"Changed {section}", "bold"))
        for change in found:
            console.print(Padding(Group(Text(plain(change.subject)), _change(change)), (0, 0, 0, 2)))


def _change(change: Change) -> RenderableType:
    return Padding(
        pairs({"before": plain(change.before) or "nothing", "after": plain(change.after) or "nothing"}),
        (0, 0, 0, 2),
    )
