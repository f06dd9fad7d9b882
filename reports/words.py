"""How a report speaks: the words, numbers and commands that all renderers share."""

import math
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from lawful.reports.model import Report
from lawful.verify.evidence import UNCLAIMED, Check, Counterexample, Evidence, Verdict
from lawful.verify.theory.proof import Proof

GLYPHS = {
    Verdict.LAWFUL: "✓",
    Verdict.UNLAWFUL: "✗",
    Verdict.CRASHED: "!",
    Verdict.TIMED_OUT: "◷",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
}
"""A sign for each verdict, so that no report depends on colour."""

ACCEPTED, BESIDE = "≈", "△"
"""The signs of what is accepted, and of what stands beside the verdict."""


def sign(evidence: Evidence) -> str:
    """That it is accepted, or stands beside the verdict; else the verdict's own."""
    if evidence.known:
        return ACCEPTED
    return BESIDE if evidence.beside else GLYPHS[evidence.verdict]


def count(number: int) -> str:
    """`812`, `31,400`, `3.1 M`, `2.4 G`."""
    for size, unit in ((10**9, " G"), (10**6, " M")):
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return f"{number:,}"


def number(value: float) -> str:
    """A number to three digits: `0`, `0.84`, `12.3`, `1.25e9`, `∞`, `NaN`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    mantissa, _, exponent = f"{value:.2e}".partition("e")
    return f"{mantissa}e{int(exponent)}"


def ratio(value: float) -> str:
    """A share of the budget to two decimals, or as many as tell it from 1: `0.84`, `0.9996`, `2.02e9`."""
    if not 0.01 <= value < 10:
        return number(value)
    digits = next((d for d in range(2, 16) if round(value, d) != 1), 2)
    return f"{value:.{digits}f}"


def exact(value: float) -> str:
    """A number in full: `0.9999`, `1e-8`."""
    return repr(value).replace("e-0", "e-").removesuffix(".0")


def plural(number_: int, noun: str) -> str:
    """`1 check`, `16 checks`."""
    return f"{count(number_)} {noun}" if number_ == 1 else f"{count(number_)} {noun}s"


def seconds(value: float) -> str:
    """`0.84 s`, `12 s`, `3 min 20 s`."""
    if value < 10:
        return f"{value:.2g} s" if value >= 0.1 else f"{value * 1000:.0f} ms"
    return f"{value:.0f} s" if value < 120 else f"{int(value // 60)} min {int(value % 60)} s"


def enumerated(names: Iterable[str], shown: int = 0) -> str:
    """`a`, `a and b`, `a, b and c`; of more than `shown`, how many more there are."""
    all_ = [plain(name) for name in names]
    kept = all_ if not shown or len(all_) <= shown else [*all_[:shown], f"{len(all_) - shown} more"]
    return " and ".join(filter(None, [", ".join(kept[:-1]), *kept[-1:]]))


def plain(text: str) -> str:
    """Text that somebody else wrote, without what could steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def way(check: Check) -> str:
    """The way in which the candidate ran: `foreach`, `fused on cuda`."""
    return check.path if check.device == "cpu" else f"{check.path} on {check.device}"


def deviation(worst: float) -> str:
    """`0.84 of what rounding explains`, `1.25e9 times what rounding explains`."""
    return f"{ratio(worst)} {'of' if worst <= 1 else 'times'} what rounding explains"


def no_verdict(without: int, comparisons: int) -> str:
    """`rounding explains any value in 0.02 % of them`; nothing if all could be judged."""
    if not without:
        return ""
    return f"rounding explains any value in {100 * without / max(comparisons, 1):.2g} % of them"


def spread(checks: list[Check]) -> str:
    """Whom a note concerns: the targets, and in how many checks each."""
    targets = dict.fromkeys(plain(check.target) for check in checks)
    if len(targets) > 3:
        return f"{plural(len(checks), 'check')} of {len(targets)} targets"
    return f"{', '.join(targets)}; {plural(len(checks), 'check')}"


def where(check: Check) -> str:
    """The check in words: `lib:AdamW, adamw: conformance, foreach, float32`."""
    return plain(f"{check.target}, {check.rule}: {check.property}, {way(check)}, {check.dtype}")


def facts(example: Counterexample) -> dict[str, str]:
    """The inputs of a counterexample, in words."""
    said = {"hyperparameters": assignments(example.constructor), "x₀": repr(example.x0)}
    shown = [repr(gradient) for gradient in example.gradients[:6]]
    more = len(example.gradients) - len(shown)
    said["gradients"] = ", ".join(shown) + (f", … and {more} more" if more > 0 else "")
    for step, changes in example.schedule.items():
        said[f"before step {step}"] = assignments(changes)
    said |= company(example)
    said["checked again"] = f"in ball arithmetic, which {'agrees' if example.confirmed else 'did not agree'}"
    return said


def company(example: Counterexample) -> dict[str, str]:
    """In what a counterexample shows, and where it was found."""
    said = {}
    if example.whole:
        sizes = example.whole.pieces
        where = f"{len(sizes)} tensors of {' and '.join(map(str, sizes))} elements" if sizes else ""
        where = where or f"a tensor of shape {_shape(example.whole.x0)}"
        said["shown by"] = f"element {example.lane} of {where} (in the script)"
    elif example.elements > 1:
        said["shown by"] = f"a tensor of {example.elements} such elements"
    if example.before or example.after:
        place = "after" if example.before else "before"
        said["shown by"] = (
            f"{said.get('shown by', 'it')}, {place} another tensor, of ones with gradients of ones"
        )
    if not example.alone:
        said["shown by"] = "the tensors and groups among which it was found, not by it alone"
        said["found in"] = plain(example.found)
    return said


def _shape(values: Any) -> tuple[int, ...]:
    """Of nested lists."""
    return (len(values), *_shape(values[0])) if isinstance(values, list) and values else ()


def outcome(example: Counterexample) -> dict[str, str]:
    """What the counterexample shows."""
    return {
        "expected": f"{example.expected!r} ± {number(example.budget)} at step {example.step}",
        "seen": f"{example.seen!r}, {deviation(example.ratio)}",
    }


def sentence_case(text: str) -> str:
    """The text with a capital letter at its beginning, unless a name stands there, and the rest as it is."""
    named = set(text.partition(" ")[0]) & {"_", "("}
    return text if named else text[:1].upper() + text[1:]


def assignments(values: dict[str, object] | dict[str, float]) -> str:
    """`lr=0.001, betas=(0.9, 0.999)`."""
    return plain(", ".join(f"{name}={value!r}" for name, value in values.items())) or "defaults"


def repeat(report: Report, check: Check) -> str:
    """The command that asks the same question again."""
    words = ["lawful", "check", check.target]
    words += ["--rule", check.rule] if check.rule != UNCLAIMED else []
    words += ["--property", check.property, "--path", check.path, "--dtype", check.dtype]
    words += ["--device", check.device] if check.device != "cpu" else []
    words += [word for name, value in check.arguments.items() for word in ("--arg", f"{name}={value!r}")]
    words += [word for name, value in check.names.items() for word in ("--name", f"{name}={value}")]
    words += ["--profile", report.session.profile, "--seed", str(report.session.seed)]
    return plain(" ".join(map(quoted, words)))


def acceptance(checks: Iterable[Check]) -> list[str]:
    """The lines of [tool.lawful.known] that accept what these checks found."""
    return [f'{_toml(plain(check.key.removesuffix(check.device)))} = "why"' for check in checks]


def _toml(start: str) -> str:
    """A pattern of all that starts so, as a key of TOML."""
    mark = "'" if '"' in start else '"'
    return f"{mark}{start}*{mark}"


def quoted(word: str) -> str:
    """A word for a shell, in double quotes where that is easier to read."""
    easy = "'" in word and word.isprintable() and not set(word) & set('"$`!\\')
    return f'"{word}"' if easy else shlex.quote(word)


def hypotheses(proof: Proof) -> dict[str, str]:
    """For which rules exactly a law is, what its symbols may be, and where it says nothing."""
    said = {
        "for": "; ".join(proof.rules) or "no rule of the field: a lemma",
        "given": proof.given,
        "not where": "; or ".join(proof.not_where),
    }
    return {name: plain(words) for name, words in said.items() if words}


def assurances(proof: Proof) -> dict[str, str]:
    """What a law's verdict rests on: hypotheses, the proof, the second check, the false neighbour that must fail."""
    said = {
        **hypotheses(proof),
        "proof": f"{'went through' if proof.proved else 'did not go through'}, {seconds(proof.seconds)}",
        "second check": f"{'agrees' if proof.confirmed else 'does not agree'}: {proof.second_check}",
        "false neighbour": f"{'refused' if proof.refused else 'not refused'}: {proof.neighbour}",
        **({"certificate": certificate(proof)} if proof.coqc else {}),
    }
    return {name: plain(words.removesuffix(": ")) for name, words in said.items()}


def certificate(proof: Proof) -> str:
    """`certified by coqc 8.16.1`, or why it is not."""
    return f"not certified: {proof.uncertified}" if proof.uncertified else f"certified by coqc {proof.coqc}"


def certified(proofs: Iterable[Proof]) -> int:
    """How many laws a third prover certified."""
    return sum(bool(proof.coqc) and not proof.uncertified for proof in proofs)


def laws(proofs: Sequence[Proof]) -> str:
    """What became of all laws: how many were proved, and how many a third prover certified."""
    held = sum(proof.verdict is Verdict.LAWFUL for proof in proofs)
    asked = next((proof.coqc for proof in proofs if proof.coqc), "")
    by = f"; {certified(proofs)} certified by coqc {asked}" if asked else ""
    return f"Of {plural(len(proofs), 'law')}: {held} proved, confirmed a second time{by}."
