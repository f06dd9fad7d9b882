"""The report as one HTML file that needs nothing but itself: no font, no image, no script from elsewhere.

Everything that a candidate or a user said is escaped. Should an escape ever be forgotten, the page's content
security policy still forbids loads, and scripts but for the one of ours, which it knows by its hash.
"""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lawful.reports import findings, headline, page, telling, words
from lawful.reports.mathml import mathml
from lawful.reports.model import Report
from lawful.reports.script import script
from lawful.verify.evidence import Figure, Verdict


def html(report: Report) -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    template = environment.get_template("report.html.j2")
    rooms = {"findings": findings, "headline": headline, "page": page, "telling": telling, "words": words}
    code = (Path(__file__).parent / "report.js").read_text()
    digest = b64encode(sha256(code.encode()).digest()).decode()
    own = {"code": Markup(code), "digest": Markup(digest)}
    return template.render(report=report, script=script, Verdict=Verdict, **own, **rooms)


def css_class(verdict: Verdict) -> str:
    """`timed-out`."""
    return verdict.replace(" ", "-")


def name(text: str) -> Markup:
    """A target or rule, which may be broken where its parts end."""
    return Markup(re.sub(r"([/.:,]|_(?=\w))", r"\1<wbr>", str(escape(words.plain(text)))))


def equation(latex: str) -> tuple[Markup, Markup]:
    """The two sides of a line of an algorithm, the sign of equality with the right one."""
    left, _, right = latex.partition(" = ")
    return formula(left), formula(f"= {right}")


def formula(latex: str) -> Markup:
    """LaTeX, drawn."""
    return Markup(mathml(latex))


def svg(figure: Figure, name: str) -> Markup:
    """A figure, drawn; `name` is its own in the page."""
    from lawful.reports import figures  # matplotlib is slow to import, and most reports have no figure

    return Markup(figures.svg(figure, name))


FILTERS = {
    "css_class": css_class,
    "equation": equation,
    "formula": formula,
    "glyph": words.GLYPHS.__getitem__,
    "name": name,
    "plain": words.plain,
    "svg": svg,
}
