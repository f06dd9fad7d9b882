"""A badge: what an optimizer follows, for a README."""

from html import escape

from lawful.reports.atlas.view import Optimizer
from lawful.verify.evidence import Verdict

COLOURS = {Verdict.LAWFUL: "#1a7f4b", Verdict.UNLAWFUL: "#c2281d", Verdict.INCONCLUSIVE: "#946200"}
OTHER = "#7b3fb0"
LABEL = "lawful"


def badge(optimizer: Optimizer) -> str:
    """An SVG of one line: `lawful | adamw, eps inside the root`, in the colour of the verdict on that."""
    seen = optimizer.latest
    verdict = seen.identity.verdict if seen.identity else seen.verdict
    said = seen.follows or str(verdict)
    return svg(said if len(said) <= LONGEST else f"{said[:LONGEST]}…", COLOURS.get(verdict, OTHER))


LONGEST = 60
"""Characters that a badge has room for."""


def svg(said: str, colour: str) -> str:
    """The two halves; texts are given the width that they have room for, whatever the font."""
    left, right = _width(LABEL), _width(said)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="{LABEL}: {escape(said)}"><clipPath id="r"><rect width="{left + right}" height="20" rx="3"/>'
        f'</clipPath><g clip-path="url(#r)"><rect width="{left}" height="20" fill="#555"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g><g fill="#fff" font-size="11" '
        f'text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif">{_text(LABEL, left / 2, left)}'
        f"{_text(said, left + right / 2, right)}</g></svg>\n"
    )


def _text(said: str, middle: float, width: int) -> str:
    return f'<text x="{middle}" y="14" textLength="{width - 12}">{escape(said)}</text>'


def _width(said: str) -> int:
    return round(6.6 * len(said)) + 12
