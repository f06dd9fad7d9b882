"""The documentation site: `make docs` builds it with Sphinx. The reference is made from the objects (see pages.py)."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import pages  # noqa: E402 (it stands beside this file)

project = "lawful"
author = "lawful contributors"
version = release = installed("lawful")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["site"]
html_theme = "furo"
html_title = f"lawful {version}"
html_static_path = ["static"]
html_css_files = ["lawful.css"]

myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # the README names files that are no pages
autodoc_typehints = "description"
autodoc_member_order = "bysource"
napoleon_use_ivar = True  # else an attribute whose default is a class is described twice
nitpicky = False

pages.write(HERE / "reference")
