"""LaTeX as MathML, for the part of LaTeX that sympy and the laws write: browsers draw it, no script needed.

An unknown command is shown by its name, and a formula that is cut off as far as it goes: nothing is an error.
"""

import re
from collections.abc import Callable
from html import escape

from lawful.reports.notation import letter

TOKEN = re.compile(
    r"\\(?:text|operatorname|mathrm|mathbb|begin|end)\{([^{}]*)\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[^\s\\]"
)

OPERATORS = {
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "equiv": "≡", "cdot": "⋅", "times": "×", "pm": "±", "odot": "⊙", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "mapsto": "↦", "in": "∈",
    "forall": "∀", "exists": "∃", "vee": "∨", "wedge": "∧", "neg": "¬", "mid": "∣", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "|": "‖", "{": "{", "}": "}", "vert": "|", "lvert": "|",
    "rvert": "|", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "circ": "∘", "ll": "≪", "gg": "≫", "propto": "∝", "iff": "⇔", "implies": "⇒", "subset": "⊂",
}  # fmt: skip
SIGNS = {"-": "−", "*": "∗", "'": "′"}
LETTERS = {"infty": "∞", "nabla": "∇", "partial": "∂", "ldots": "…", "dots": "…", "cdots": "⋯", "ell": "ℓ"}
LARGE = {"sum": "∑", "prod": "∏", "int": "∫"}
FUNCTIONS = frozenset({"max", "min", "sup", "inf", "lim", "log", "exp", "sin", "cos", "tan", "arg", "det"})
DOUBLE = str.maketrans("NQRZCEP", "ℕℚℝℤℂ𝔼ℙ")
SPACES = {",": 0.17, ":": 0.22, ";": 0.28, " ": 0.25, "quad": 1, "qquad": 2, "!": 0}
TALL = ("mfrac", "mtable", "msqrt", "mroot", "munder")
"""What brackets grow around."""
ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "vec": "→", "dot": "˙"}


def mathml(latex: str) -> str:
    """The formula as a `<math>` element in the line, with fractions and sums in full size."""
    return f'<math displaystyle="true">{_Reader(latex).row()}</math>'


class _Reader:
    """Reads LaTeX from left to right, an element at a time."""

    def __init__(self, latex: str) -> None:
        self.tokens = [(found[0], found[1] or "") for found in TOKEN.finditer(latex)]
        self.tokens.reverse()

    def peek(self) -> str:
        return self.tokens[-1][0] if self.tokens else ""

    def row(self, *ends: str) -> str:
        """Everything up to one of `ends`, which is left, or to the end."""
        parts: list[str] = []
        while self.tokens and self.peek() not in ends:
            parts.append(self.scripted())
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def scripted(self) -> str:
        """One element with its subscript and superscript."""
        large = self.peek().removeprefix("\\") in {*LARGE, "max", "min", "sup", "inf", "lim"}
        base, scripts = self.element(), {}
        while self.peek() in ("_", "^"):
            mark = self.tokens.pop()[0]
            scripts[mark] = self.element()
        names = ("munder", "mover", "munderover") if large else ("msub", "msup", "msubsup")
        match scripts:
            case {"_": below, "^": above}:
                return f"<{names[2]}>{base}{below}{above}</{names[2]}>"
            case {"_": below}:
                return f"<{names[0]}>{base}{below}</{names[0]}>"
            case {"^": above}:
                return f"<{names[1]}>{base}{above}</{names[1]}>"
        return base

    def element(self) -> str:
        """One letter, number, group or command with its arguments."""
        if not self.tokens:
            return "<mrow></mrow>"
        token, inside = self.tokens.pop()
        if token == "{":
            return self.until("}")
        if token.startswith("\\"):
            return self.command(re.match(r"\\([A-Za-z]+|.)", token)[1], inside)  # type: ignore[index]
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        return f"<mi>{escape(token)}</mi>" if token.isalpha() else _operator(SIGNS.get(token, token))

    def until(self, end: str) -> str:
        """The row up to `end`, which is taken."""
        row = self.row(end)
        if self.tokens:
            self.tokens.pop()
        return row

    def command(self, name: str, inside: str) -> str:
        """The element that a command makes of what follows it."""
        if made := getattr(self, f"_{name}", None):
            return str(made(inside))
        if name in ACCENTS:
            return f'<mover accent="true">{self.element()}<mo stretchy="false">{ACCENTS[name]}</mo></mover>'
        for table, show in SIMPLE:
            if name in table:
                return show(table[name])
        if name in FUNCTIONS:
            return _word(name)
        found = letter(name)
        return f"<mi>{found}</mi>" if found != name else f"<mtext>\\{escape(name)}</mtext>"

    def _frac(self, _: str) -> str:
        return f"<mfrac>{self.element()}{self.element()}</mfrac>"

    def _sqrt(self, _: str) -> str:
        if self.peek() != "[":
            return f"<msqrt>{self.element()}</msqrt>"
        self.tokens.pop()
        index = self.until("]")
        return f"<mroot>{self.element()}{index}</mroot>"

    def _left(self, _: str) -> str:
        opening = self.fence()
        inner = self.row(r"\right")
        closing = self.fence() if self.tokens and self.tokens.pop() else ""
        tall = any(f"<{tag}" in inner for tag in TALL)
        return f"<mrow>{_operator(opening, tall)}{inner}{_operator(closing, tall)}</mrow>"

    def fence(self) -> str:
        token = self.tokens.pop()[0] if self.tokens else "."
        return OPERATORS.get(token[1:], "") if token.startswith("\\") else token.replace(".", "")

    def _begin(self, environment: str) -> str:
        rows: list[list[str]] = [[self.row("&", r"\\", end := f"\\end{{{environment}}}")]]
        while self.tokens and (token := self.tokens.pop()[0]) != end:
            if token == r"\\":
                rows.append([])
            rows[-1].append(self.row("&", r"\\", end))
        body = "".join(f"<mtr>{''.join(f'<mtd>{c}</mtd>' for c in row)}</mtr>" for row in rows)
        brace = _operator("{", True) if environment == "cases" else ""
        return f"<mrow>{brace}<mtable>{body}</mtable></mrow>"

    def _text(self, words: str) -> str:
        return f"<mtext>{escape(words)}</mtext>"

    def _operatorname(self, words: str) -> str:
        return _word(words)

    _mathrm = _operatorname

    def _mathbb(self, words: str) -> str:
        return f"<mi>{escape(words.translate(DOUBLE))}</mi>"


def _operator(sign: str, stretchy: bool = False) -> str:
    return f'<mo stretchy="{str(stretchy).lower()}">{escape(sign)}</mo>' if sign else ""


def _word(words: str) -> str:
    """A name of several letters, upright and a little apart from what is before it."""
    return f'<mrow><mspace width="0.17em"></mspace><mi mathvariant="normal">{escape(words)}</mi></mrow>'


SIMPLE: tuple[tuple[dict[str, str], Callable[[str], str]], ...] = (
    (OPERATORS, _operator),
    (LETTERS, lambda sign: f"<mi>{sign}</mi>"),
    (LARGE, lambda sign: f'<mo largeop="true" movablelimits="false">{sign}</mo>'),
    (
        {name: str(width) for name, width in SPACES.items()},
        lambda width: f'<mspace width="{width}em"></mspace>',
    ),
)
