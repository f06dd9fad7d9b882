"""The commands that print what is there: rules, laws with their proofs, claims."""

from pathlib import Path
from typing import Annotated, Any

import typer

from lawful.verify.front.console import stdout
from lawful.verify.front.options import results
from lawful.verify.front.questions import proof
from lawful.verify.front.questions import rule_text as printed

app = typer.Typer()


@app.command()
def prove(
    laws: Annotated[list[str] | None, typer.Argument(help="Which laws; all without.")] = None,
    certificates: Annotated[
        str, typer.Option("--certificates", help="Write theorems for Coq into this folder instead.")
    ] = "",
) -> None:
    """Prove the laws; print statement, source, method and time of each."""
    from lawful.reports.tables import show_proof, show_row, show_total
    from lawful.verify.theory.law import find_law
    from lawful.verify.theory.law import laws as every

    chosen = [find_law(name) for name in laws or every()]
    if certificates:
        return _certified(certificates, chosen)
    show, proofs, known = (show_proof, [], results("")) if laws else (show_row, [], "")
    for law in chosen:
        proofs.append(proof(law.name, known))
        show(proofs[-1], stdout)
    if not laws:
        show_total(proofs, stdout)
    raise typer.Exit(max((p.verdict.exit_code for p in proofs), default=0))


@app.command()
def rules(
    rule: Annotated[str, typer.Argument(help="A rule or a schedule with its conventions; all without.")] = "",
    latex: Annotated[bool, typer.Option("--latex", help="As LaTeX.")] = False,
) -> None:
    """Print rules, what may be made of a rule, as lookahead(adamw, k=6), and schedules; one of them as mathematics."""
    from lawful.reports.mathematics import rule_text
    from lawful.reports.tables import (
        show_printed,
        show_rule,
        show_rules,
        show_schedules,
        show_transformations,
    )
    from lawful.verify.language.division import is_division
    from lawful.verify.language.families import find_rule, transformations
    from lawful.verify.language.families import rules as known
    from lawful.verify.language.schedules import is_schedule, schedules

    if rule and (is_schedule(rule) or is_division(rule)):
        text = printed(rule)
        print(_aligned(text.algorithm)) if latex else show_printed(text, stdout)
    elif latex:
        chosen = [find_rule(rule)] if rule else [family() for family in known().values()]
        print("\n\n".join(_aligned(rule_text(r).algorithm) for r in chosen))
    elif rule:
        show_rule(find_rule(rule), stdout)
    else:
        show_rules(known().values(), stdout)
        show_transformations(transformations().values(), stdout)
        show_schedules(schedules().values(), stdout)


@app.command()
def laws(
    law: Annotated[str, typer.Argument(help="A law; the table of contents without.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="The laws of a topic.")] = "",
) -> None:
    """Print the laws by topic; those of one topic in words; one of them with its hypotheses and its proof."""
    from lawful.reports.tables import show_contents, show_laws, show_proof
    from lawful.verify.theory.law import law_topic, law_topics

    if law:
        show_proof(proof(law, results("")), stdout)
    elif topic:
        show_laws(law_topic(topic), stdout)
    else:
        show_contents(law_topics(), "laws", stdout)


@app.command()
def claims(
    claim: Annotated[str, typer.Argument(help="A claim; the table of contents without.")] = "",
    topic: Annotated[str, typer.Option("--topic", help="The claims of a topic.")] = "",
) -> None:
    """Print what is commonly said of optimizers, by topic, and what the laws decide of it."""
    from lawful.reports.tables import show_claims, show_contents
    from lawful.verify.theory.ledger import find_saying, saying_topic, saying_topics

    if claim:
        show_claims({claim: find_saying(claim)}, stdout)
    elif topic:
        show_claims(saying_topic(topic).members, stdout)
    else:
        show_contents(saying_topics(), "claims", stdout)


def _certified(folder: str, chosen: list[Any]) -> None:
    """Writes the certificates of laws, and says which have none."""
    from lawful.verify.certificates.folder import write

    found = write(Path(folder), chosen)
    for one in found:
        if one.reason:
            print(f"{one.law} ({one.kind}) has no certificate: {one.reason}.")
    print(f"{sum(not one.reason for one in found)} of {len(found)} laws written to {folder}.")


def _aligned(lines: list[str]) -> str:
    body = " \\\\\n".join("  " + line.replace(" = ", " &= ", 1) for line in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
