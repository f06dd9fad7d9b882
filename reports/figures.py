"""Figures as inline SVG, drawn by matplotlib in the page's colours: legible in light and in dark."""

import math
import re
from io import StringIO
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from lawful.verify.evidence import Figure, Series

INK, MUTED = "#010101", "#020202"
COLOURS = ("#030303", "#040404", "#050505", "#060606", "#070707")
"""Placeholders that no figure uses: `_themed` replaces them by the page's variables."""
DASHES = ((), (5, 2), (1.5, 1.5), (6, 2, 1.5, 2), (3, 1.5, 1, 1.5, 1, 1.5))
MARKS = "o x D s ^".split()
"""A pattern per line and a mark per set of points, so that they can be told apart without colour."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
"""Where an axis of shares is marked."""

STYLE: Any = {
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": MUTED,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.parse_math": False,
}


def svg(figure: Figure, name: str) -> str:
    """The figure as an `<svg>` element whose ids begin with `name`; the title is left to the page."""
    with rc_context(STYLE | {"svg.hashsalt": name}):
        canvas = Canvas(figsize=(6.4, 3.2), layout="constrained")
        _draw(canvas.subplots(), figure)
        written = StringIO()
        canvas.savefig(written, format="svg", transparent=True, metadata={"Date": None})
    return _themed(_inline(written.getvalue(), name))


def _draw(axes: Axes, figure: Figure) -> None:
    for index, series in enumerate(figure.series):
        heights = [y if math.isfinite(y) else math.nan for y in series.y]
        look = _points(index, len(series.x) > 1) if series.points else _line(index)
        axes.plot(series.x, heights, label=series.name, color=COLOURS[index % len(COLOURS)], **look)
    axes.set(xlabel=figure.x, ylabel=figure.y)
    if figure.shares:
        _scale_shares(axes)
    else:
        axes.set_yscale("log" if _spans_decades(figure.series) else "linear")
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}")
    if len(figure.series) > 1:
        axes.legend(frameon=False, ncols=3, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)


def _line(index: int) -> Any:
    return {"linestyle": (0, DASHES[index % len(DASHES)])}


def _points(index: int, many: bool) -> Any:
    return {"linestyle": "none", "marker": MARKS[index % len(MARKS)], "markersize": 3.5 if many else 7}


def _scale_shares(axes: Axes) -> None:
    axes.set(xscale="logit", yscale="logit")
    for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        axis.set_ticks([share for share in SHARES if low <= share <= high])
        axis.set_ticks([], minor=True)
        axis.set_major_formatter(lambda share, _: f"{share:g}")


def _spans_decades(series: list[Series]) -> bool:
    """Whether all values are positive and differ by more than a factor of 100."""
    values = [y for one in series for y in one.y if math.isfinite(y)]
    return bool(values) and min(values) > 0 and max(values) / min(values) > 100


def _inline(text: str, name: str) -> str:
    """The `<svg>` element alone, its ids made unique in the page."""
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    return re.sub(r'(<svg)[^>]*?(viewBox="[^"]*")[^>]*>', r'\1 \2 role="img">', text, count=1).replace(
        "xlink:", ""
    )


def _themed(text: str) -> str:
    for index, colour in enumerate(COLOURS):
        text = text.replace(colour, f"var(--series-{index})")
    text = text.replace(INK, "currentColor").replace(MUTED, "var(--muted)")
    return re.sub(r"font: ([\d.]+px) [^;\"]*", r"font: \1 system-ui, sans-serif", text)
