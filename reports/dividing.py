"""Which parameters decay, in print."""

from hashlib import sha256

from lawful.reports.ruletext import RuleText
from lawful.verify.language.division import ROLES, Division


def division_text(division: Division) -> RuleText:
    """The division in print, for the record."""
    lines = [
        f"{'with' if decays else 'without'} decay: {role}, {ROLES[role][1]}"
        for role, decays in division.decays.items()
    ]
    return RuleText(
        rule=str(division),
        hash=sha256("\n".join(lines).encode()).hexdigest(),
        source="lawful: what most mean; what is said otherwise stands in the rule's name",
        conventions=dict(division.said),
        defaults={},
        algorithm=[_line(role, decays) for role, decays in division.decays.items()],
        start=[],
        text="\n".join(lines),
    )


def _line(role: str, decays: bool) -> str:
    """The weight decay of a role: λ, or 0."""
    return rf"\lambda_{{\mathrm{{{role}}}}} = " + (r"\lambda" if decays else "0")
