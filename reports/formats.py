"""What a report can be printed as, besides the terminal's."""

from collections.abc import Callable, Mapping

from lawful.reports.annotations import github, sarif
from lawful.reports.document import document
from lawful.reports.junit import junit
from lawful.reports.markdown import markdown
from lawful.reports.model import Report

FORMATS: Mapping[str, Callable[[Report], bytes]] = {
    "json": document,
    "junit": junit,
    "sarif": sarif,
    "markdown": lambda report: markdown(report).encode(),
    "github": github,
}
"""Name → the bytes."""
