"""The pages of the site that are made from the objects: one for each rule, law and property, and the claims.

`make docs` calls `write`; nothing here is written by hand, so nothing here can be out of date.
"""

from collections.abc import Iterable, Mapping
from inspect import getdoc
from pathlib import Path
from shutil import rmtree

from lawful.properties.checks import Property, properties
from lawful.reports.mathematics import rule_text
from lawful.reports.mathml import mathml
from lawful.reports.words import assurances
from lawful.verify.language.families import rules
from lawful.verify.language.family import Family
from lawful.verify.theory.law import Law, law_topics
from lawful.verify.theory.ledger import saying_topics
from lawful.verify.theory.proof import Proof

Pages = Mapping[str, str]
"""File's name → its Markdown."""


def write(folder: Path) -> None:
    """Writes the reference anew."""
    rmtree(folder, ignore_errors=True)
    for room, pages in (("rules", _rules()), ("laws", _laws()), ("properties", _properties())):
        for name, text in pages.items():
            _put(folder / room / f"{name}.md", text)
    _put(folder / "claims.md", _claims())


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _rules() -> Pages:
    families = rules()
    said = "An update rule is written once, as mathematics. `--rule NAME` says which of them an optimizer claims."
    return {"index": _index("Rules", said, families), **{n: _rule(n, f) for n, f in families.items()}}


def _rule(name: str, family: Family) -> str:
    text = rule_text(family())
    defaults = "\n".join(f"* {mathml(symbol)} = {value:g}" for symbol, value in text.defaults.items())
    choices = "\n".join(_choice(family, option) for option in family.conventions)
    return _page(
        name,
        getdoc(family.build) or "",
        *(_formula(line) for line in (*text.start, *text.algorithm)),
        f"Source: {text.source}.",
        f"## Defaults\n\n{defaults}",
        f"## Conventions\n\nWhere good libraries differ; the first of each is the default.\n\n{choices}"
        if choices
        else "",
        f"`lawful rules {name}` prints this; `lawful check TARGET --rule {name}` holds an optimizer against it.",
    )


def _choice(family: Family, option: str) -> str:
    values = family.conventions[option]
    told = (f"  * `{value!r}`: {family.said(option, value)}" for value in values)
    return "\n".join([f"* `{option}`", *told])


def _laws() -> Pages:
    topics = law_topics()
    said = "Theorems about rules. Each has a proof, a second check that shares no code with it, and a false neighbour."
    found = {"index": _index("Laws", said, (f"{name}/index" for name in topics))}
    for topic in topics.values():
        found[f"{topic.name}/index"] = _index(topic.title, "", topic.members)
        found |= {f"{topic.name}/{name}": _law(name, law) for name, law in topic.members.items()}
    return found


def _law(name: str, law: Law) -> str:
    proof: Proof = law.prove()
    rests = "\n".join(f"* {what}: {said}" for what, said in assurances(proof).items())
    formulas = (_formula(part) for part in proof.formula.split("\\quad"))
    return _page(name, proof.statement, *formulas, f"{proof.kind}, {proof.source}.", rests)


def _properties() -> Pages:
    found = properties()
    said = "What a candidate is asked. `--property NAME` asks that alone."
    return {"index": _index("Properties", said, found), **{n: _property(p) for n, p in found.items()}}


def _property(asked: Property) -> str:
    where = "on every path and dtype" if asked.everywhere else f"in {asked.dtype}"
    return _page(
        asked.name,
        asked.sentence,
        f"* severity: {asked.severity}\n* asked {where}; profiles {', '.join(asked.profiles)}\n"
        f"* {'needs no rule' if asked.ruleless else 'needs a rule'}",
        f"`lawful check TARGET --property {asked.name}` asks it alone.",
    )


def _claims() -> str:
    rows: list[str] = []
    for topic in saying_topics().values():
        rows += ["", f"## {topic.title}"]
        for one in topic.members.values():
            by = f" ({', '.join(one.names)})" if one.names else ""
            rows += ["", f"**{one.claim}** *{one.truth}*: {one.because}{by}"]
    return _page("Claims", "What is commonly said of optimizers, and what the laws decide of it.", *rows)


def _index(title: str, said: str, members: Iterable[str]) -> str:
    listed = "\n".join(members)
    return _page(title, said, f"```{{toctree}}\n:maxdepth: 1\n\n{listed}\n```")


def _page(title: str, *parts: str) -> str:
    return "\n\n".join(part for part in (f"# {title}", *parts) if part) + "\n"


def _formula(latex: str) -> str:
    return f'<div class="formula">{mathml(latex)}</div>'
