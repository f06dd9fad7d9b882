"""The pages of the documentation, as somebody copies from them."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def page(name: str) -> str:
    """The text of a page of docs/."""
    return (ROOT / "docs" / name).read_text()


def blocks(text: str, language: str) -> list[str]:
    """The pieces of code in a page that are marked as this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
