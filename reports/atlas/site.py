"""An atlas as a static site: a front page with the matrix, a page a package, a page a rule, a badge an optimizer.

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
    found = view.optimizers(atlas)
    _save(folder / "index.html", _page("index", atlas, optimizers=found, broken=view.broken(found)))
    for package in dict.fromkeys(row.package for row in atlas.rows):
        of = [one for one in found if one.package == package]
        page = _page("package", atlas, up="../", package=package, optimizers=of)
        _save(folder / "packages" / f"{view.slug(package)}.html", page)
    for rule in filter(None, dict.fromkeys(one.rule for one in found)):
        of = [one for one in found if one.rule == rule]
        _save(
            folder / "rules" / f"{view.slug(rule)}.html",
            _page("rule", atlas, up="../", rule=rule, optimizers=of),
        )
    for one in found:
        _save(folder / one.badge, badge(one))
    return folder / "index.html"


def _page(name: str, atlas: Atlas, up: str = "", **known: Any) -> str:
    return _templates().get_template(f"{name}.html.j2").render(atlas=atlas, up=up, **known)


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
