"""An atlas as a static site: a front page with the matrix, a page a package, a rule and a class, a badge a class.

Every page needs nothing but itself, and no script to be read; the one that it has searches and filters.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lawful.reports import words
from lawful.reports.atlas import view
from lawful.reports.atlas.badge import badge
from lawful.reports.atlas.data import Atlas

HERE = Path(__file__).parent


def write(atlas: Atlas, folder: Path) -> Path:
    """Writes the site; its front page."""
    found, unasked = view.optimizers(atlas), view.unasked(atlas)
    ever = sorted({rule for one in found for rule in one.ever})
    rules = {rule: [one for one in found if rule in one.rules] for rule in ever}

    def page(template: str, name: str, **known: Any) -> None:
        up = "../" * name.count("/")
        text = _templates().get_template(f"{template}.html.j2").render(atlas=atlas, up=up, **known)
        _save(folder / f"{name}.html", text)

    page("index", "index", optimizers=found, unasked=unasked, rules=rules)
    for package in dict.fromkeys(row.package for row in atlas.rows):
        of, lost = ([one for one in some if one.package == package] for some in (found, unasked))
        page("package", f"packages/{view.slug(package)}", package=package, optimizers=of, unasked=lost)
    for rule, now in rules.items():
        former = [one for one in found if rule in one.ever and one not in now]
        page("rule", f"rules/{view.slug(rule)}", rule=rule, forms=view.forms(rule, now), former=former)
    for one in found:
        page("class", f"classes/{one.place}", one=one)
        _save(folder / one.badge, badge(one))
    return folder / "index.html"


@cache
def _templates() -> Environment:
    """The pages, and what all of them are drawn with."""
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )  # fmt: skip
    environment.filters.update(glyph=words.GLYPHS.__getitem__, plain=words.plain, slug=view.slug, css=_css)
    script = (HERE / "atlas.js").read_text()
    environment.globals.update(
        script=Markup(script),
        digest=b64encode(sha256(script.encode()).digest()).decode(),
        style=Markup((HERE.parent / "report.css").read_text() + (HERE / "atlas.css").read_text()),
        view=view,
        plural=words.plural,
    )
    return environment


def _css(verdict: str) -> str:
    return verdict.replace(" ", "-")


def _save(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
