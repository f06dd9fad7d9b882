"""The options of the command line: their types, and what their texts mean."""

import ast
import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import inf
from pathlib import Path
from typing import Annotated, Any

import typer

from lawful.verify import evidence
from lawful.verify.candidates.places import COMMAND
from lawful.verify.errors import Unanswerable, unknown
from lawful.verify.front.choices import FailOn

Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="package.module:Class, file.py:Class, a module, a bundled name, or `bundled`; those of "
        "\\[tool.lawful] without."
    ),
]
Target = Annotated[str | None, typer.Argument(help="package.module:Class, file.py:Class or a bundled name.")]
Command = Annotated[
    str | None,
    typer.Option(
        "--command",
        help="A program in any language, as it is typed: 'node my_adam.js'. What it is asked is in docs/protocol.md.",
    ),
]
RuleOption = Annotated[
    str, typer.Option("--rule", help='The rule that it claims: adamw, adamw(eps="hat"), my.module:RULE.')
]
Arguments = Annotated[
    list[str],
    typer.Option("--arg", help="A constructor argument to fix: name=value, as Python or torch.optim.SGD."),
]
Names = Annotated[
    list[str],
    typer.Option(
        "--name", help="A rule's word and the constructor's for it: weight_decay=decay; may be repeated."
    ),
]
Profile = Annotated[evidence.Profile, typer.Option("--profile", help="How much is drawn.")]
Device = Annotated[list[str], typer.Option("--device", help="cpu, cuda, cuda:1 …; may be repeated.")]
Dtype = Annotated[
    list[evidence.Dtype], typer.Option("--dtype", help="Of the parameters; may be repeated; all without.")
]
Property = Annotated[
    list[str], typer.Option("--property", help="Ask for this alone: conformance, idle …; may be repeated.")
]
Paths = Annotated[
    list[str], typer.Option("--path", help="Ask in this way to run alone: loop, foreach …; may be repeated.")
]

FailOnOption = Annotated[
    FailOn,
    typer.Option(
        "--fail-on",
        help="What makes an optimizer unlawful: core, that it does not follow its rule; contract, also what users of "
        "torch.optim.Optimizer rely on; all, also what hardly anybody uses, as complex parameters.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, and of the report the outcome alone.")
]
Cached = Annotated[
    bool,
    typer.Option(
        "--cached",
        help="Take answers from the last record in this folder, for targets whose sources have not changed.",
    ),
]
First = Annotated[bool, typer.Option("--exitfirst", "-x", help="Ask nothing more once a check has failed.")]


class Format(StrEnum):
    """What the report is printed as."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    GITHUB = "github"


FormatOption = Annotated[
    Format,
    typer.Option(
        "--format",
        help="As what to print the report; github: annotations, and the summary of the step of a workflow.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", help="Of everything that is drawn.")]
Timeout = Annotated[float, typer.Option("--timeout", help="Seconds that one check, or an import, may take.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Worker processes; 0 for one per processor.")]
Ray = Annotated[
    str, typer.Option("--ray", metavar="ADDRESS", help="Ask on this Ray cluster; `local` begins one.")
]
InProcess = Annotated[
    bool, typer.Option("--in-process", help="Without workers, for debuggers: a crash ends the run.")
]
Rates = Annotated[
    list[float], typer.Option("--lr", help="A learning rate; may be repeated. The problem's own without.")
]
Betas = Annotated[
    list[str],
    typer.Option("--betas", help="β1,β2 as in 0.9,0.99; may be repeated. The problem's own without."),
]
Json = Annotated[
    str, typer.Option("--json", help="Write the report as JSON to this file; - for standard output.")
]
ReportFolder = Annotated[
    str, typer.Option("--report", help="Write report.html, report.json and the record into this folder.")
]

Certificates = Annotated[
    str,
    typer.Option("--certificates", help="What coqc said of the laws; what `make certificates` left without."),
]

RESULTS = "reports/certificates/certificates.json"
"""Where `make certificates` leaves what coqc said."""

DEVICES = ("cpu", "cuda", "mps", "xpu")
BARE_WORD = re.compile(r"[A-Za-z_][\w.:/-]*")


def targets(named: Sequence[str], command: str | None, configured: Iterable[str] = ()) -> list[str]:
    """The targets that are asked about, a program among them; those of the project where none is said.

    Raises:
        Unanswerable: there is none.
    """
    found = [*named, *([] if command is None else [COMMAND + command])] or list(configured)
    if not found:
        raise Unanswerable(
            "missing argument: say targets, or write some into [tool.lawful] of pyproject.toml."
        )
    return found


def target(named: str | None, command: str | None) -> str:
    """The one target that is asked about.

    Raises:
        Unanswerable: there is none, or both.
    """
    if bool(named) == (command is not None):
        raise Unanswerable("say one target, or --command 'PROGRAM …'.")
    return targets([named] if named else [], command)[0]


def settings(
    profile: str,
    seed: int,
    timeout: float,
    dtypes: Sequence[str],
    devices: Sequence[str],
    properties: Sequence[str] = (),
    paths: Sequence[str] = (),
    fail_on: str = FailOn.CONTRACT,
) -> Any:
    """The `lawful.properties.settings.Settings` that these options choose.

    Raises:
        Unanswerable: one of them is not allowed.
    """
    from lawful.properties.settings import DTYPES, PROFILES, Settings

    _known("profile", [profile], PROFILES)
    _known("dtype", dtypes, DTYPES)
    _known("severity to fail on", [fail_on], tuple(FailOn))
    for device in devices:
        if not re.fullmatch(rf"({'|'.join(DEVICES)})(:\d+)?", device):
            raise unknown("device", device, (*DEVICES, "cuda:1"))
    chosen = (
        tuple(map(str, dtypes)) or DTYPES,
        tuple(devices),
        tuple(properties),
        tuple(paths),
        FailOn(fail_on).severity,
    )
    return Settings(str(profile), natural(seed), patience(timeout), *chosen)


def natural(seed: int) -> int:
    """The seed.

    Raises:
        Unanswerable: it is negative.
    """
    if seed < 0:
        raise Unanswerable(f"--seed {seed} is negative.")
    return seed


def patience(timeout: float) -> float:
    """The time limit in seconds.

    Raises:
        Unanswerable: it is not sensible.
    """
    if not 0.1 <= timeout <= 86400.0:
        raise Unanswerable(f"--timeout {timeout} is not between 0.1 and 86400 seconds.")
    return timeout


def results(file: str) -> str:
    """The file that says what coqc accepted; none where `make certificates` has not been asked.

    Raises:
        Unanswerable: what was named cannot be read, or is something else.
    """
    from lawful.verify.certificates.outcome import Outcomes

    found = file or (RESULTS if Path(RESULTS).exists() else "")
    if found:
        Outcomes.load(Path(found))
    return found


def _known(kind: str, names: Sequence[str], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise unknown(kind, name, known)


def arguments(pairs: list[str]) -> dict[str, Any]:
    """The constructor arguments of texts name=value.

    Raises:
        Unanswerable: a text is not of that form.
    """
    return dict(map(_argument, pairs))


def names(pairs: list[str]) -> dict[str, str]:
    """The constructor's words for a rule's, of texts word=argument.

    Raises:
        Unanswerable: a text is not of that form.
    """
    return dict(map(_word, pairs))


def _word(pair: str) -> tuple[str, str]:
    word, _, argument = (part.strip() for part in pair.partition("="))
    if not (word.isidentifier() and argument.isidentifier()):
        raise Unanswerable(f"--name {pair!r} is not of the form word=argument, as in weight_decay=decay.")
    return word, argument


def _argument(pair: str) -> tuple[str, Any]:
    name, equals, value = (part.strip() for part in pair.partition("="))
    if not equals or not name.isidentifier():
        raise Unanswerable(f"--arg {pair!r} is not of the form name=value, as in lr=0.1 or betas=(0.9,0.99).")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError) as error:
        if BARE_WORD.fullmatch(value):
            return name, float(value) if value == "inf" else value
        raise Unanswerable(
            f"--arg {pair!r}: {value!r} is neither a word nor 0.1, True, (0.9,0.99), 'text' …"
        ) from error


def course(problem: str, rates: list[float], betas: list[str], seeds: int, steps: int, seed: int) -> Any:
    """The `lawful.properties.races.arrival.Course` that these options choose.

    Raises:
        Unanswerable: one of them is not allowed.
    """
    from lawful.properties.races.arrival import FALSE_ALARM, FEWEST, Course
    from lawful.verify.theory.problems import find_problem

    if seed < 0:
        raise Unanswerable(f"--seed {seed} is negative.")
    for rate in rates:
        if not 0 < rate < inf:
            raise Unanswerable(f"--lr {rate} is not a positive number.")
    if find_problem(problem).is_random and seeds < FEWEST:
        raise Unanswerable(
            f"--seeds {seeds} cannot decide at a false-alarm rate of {FALSE_ALARM:g}: at least {FEWEST} can."
        )
    return Course(problem, tuple(rates), tuple(map(_betas, betas)), seeds, steps, seed)


def _betas(text: str) -> tuple[float, float]:
    try:
        first, second = map(float, text.split(","))
    except ValueError as error:
        raise Unanswerable(f"--betas {text!r} is not of the form β1,β2 as in 0.9,0.99.") from error
    if not (0 <= first < 1 and 0 <= second < 1):
        raise Unanswerable(f"--betas {text!r}: both are to be in [0, 1).")
    return first, second
