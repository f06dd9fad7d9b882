"""The command line: `lawful check`, `verify`, `prove`, `rules`, `laws`, `report`.

Exit codes: 0 lawful, 1 unlawful, 2 the question was wrong, 3 inconclusive, crashed or timed out, 130 interrupted.
Everything but the answer goes to standard error.
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from lawful.verify.errors import Unanswerable, unknown

app = typer.Typer(
    help="Is your optimizer lawful? Checks optimizers against the mathematics that they claim.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
stdout = Console()
stderr = Console(stderr=True)

RECORD = Path(".lawful/record.jsonl")
"""Where the record of a run is kept unless a report is asked for."""

Targets = Annotated[list[str], typer.Argument(help="package.module:Class, file.py:Class, a module, a bundled name, or `bundled`.")]
RuleOption = Annotated[str, typer.Option("--rule", help='The rule that it claims: adamw, adamw(eps="hat"), my.module:RULE.')]
Arguments = Annotated[list[str], typer.Option("--arg", help="A constructor argument to fix: name=value, as Python.")]
Profile = Annotated[str, typer.Option("--profile", help="quick, default or thorough.")]
Device = Annotated[list[str], typer.Option("--device", help="cpu, cuda, cuda:1 …; may be repeated.")]
Dtype = Annotated[list[str], typer.Option("--dtype", help="float64, float32, bfloat16, float16; may be repeated.")]
Seed = Annotated[int, typer.Option("--seed", help="Of everything that is drawn.")]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds that one check may take.")]
Workers = Annotated[int, typer.Option("--workers", min=0, help="Worker processes; 0 for one per processor.")]
InProcess = Annotated[bool, typer.Option("--in-process", help="Without workers, for debuggers: a crash ends the run.")]
Json = Annotated[str, typer.Option("--json", help="Write the report as JSON to this file; - for standard output.")]
ReportFolder = Annotated[str, typer.Option("--report", help="Write report.html, report.json and the record into this folder.")]


@app.command()
def check(
    targets: Targets,
    rule: RuleOption = "",
    arg: Arguments = [],  # noqa: B006 - typer reads the default
    profile: Profile = "default",
    device: Device = ["cpu"],  # noqa: B006
    dtype: Dtype = [],  # noqa: B006
    seed: Seed = 0,
    timeout: Timeout = 60.0,
    workers: Workers = 0,
    in_process: InProcess = False,
    json: Json = "",
    report: ReportFolder = "",
) -> None:
    """Check optimizers against the rules that they claim."""
    campaign = _campaign(_settings(profile, seed, timeout, dtype, device), report, workers, in_process)
    raise typer.Exit(_write(campaign.run(targets, rule, _arguments(arg)), json, report))


@app.command()
def verify(
    report: ReportFolder = "reports/latest",
    profile: Profile = "quick",
    device: Device = ["cpu"],  # noqa: B006
    seed: Seed = 0,
    timeout: Timeout = 60.0,
    workers: Workers = 0,
) -> None:
    """Prove the laws, check the bundled optimizers and torch.optim's, and write the report."""
    from lawful.verify.law import laws as known

    campaign = _campaign(_settings(profile, seed, timeout, [], device), report, workers)
    raise typer.Exit(_write(campaign.run(["bundled", "torch.optim"], laws=list(known())), "", report))


@app.command()
def prove(laws: Annotated[list[str] | None, typer.Argument(help="Which laws; all without.")] = None) -> None:
    """Prove the laws; print statement, source, method and time of each."""
    from lawful.reports.tables import show_proofs
    from lawful.verify.law import find_law
    from lawful.verify.law import laws as known

    proofs = [find_law(name).prove() for name in laws or known()]
    show_proofs(proofs, stdout, steps=bool(laws))
    raise typer.Exit(max((p.verdict.exit_code for p in proofs), default=0))


@app.command()
def rules(
    rule: Annotated[str, typer.Argument(help="A rule with its conventions; all without.")] = "",
    latex: Annotated[bool, typer.Option("--latex", help="As LaTeX.")] = False,
) -> None:
    """Print the rules as mathematics."""
    from lawful.reports.mathematics import rule_text
    from lawful.reports.tables import show_rule, show_rules
    from lawful.verify.rule import find_rule
    from lawful.verify.rule import rules as known

    if latex:
        chosen = [find_rule(rule)] if rule else [family() for family in known().values()]
        print("\n\n".join(_aligned(rule_text(r).algorithm) for r in chosen))
    elif rule:
        show_rule(find_rule(rule), stdout)
    else:
        show_rules(known().values(), stdout)


@app.command()
def laws(law: Annotated[str, typer.Argument(help="A law; all without.")] = "") -> None:
    """Print the laws; one of them with the steps of its proof."""
    from lawful.reports.tables import show_laws, show_proofs
    from lawful.verify.law import find_law
    from lawful.verify.law import laws as known

    if law:
        show_proofs([find_law(law).prove()], stdout, steps=True)
    else:
        show_laws(known().values(), stdout)


@app.command(name="report")
def report_command(
    record: Annotated[str, typer.Argument(help="A record, whole or cut off by whatever ended the run.")],
    json: Json = "",
    report: ReportFolder = "",
) -> None:
    """Print the report of a record, and write it again if asked to."""
    from lawful.reports.model import Report

    raise typer.Exit(_write(Report.read(record), json, report))


def _aligned(lines: list[str]) -> str:
    body = " \\\\\n".join("  " + line.replace(" = ", " &= ", 1) for line in lines)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _settings(profile: str, seed: int, timeout: float, dtypes: list[str], devices: list[str]) -> Any:
    from lawful.properties.checks import DTYPES, PROFILES, Settings
    from lawful.verify.configuration import configuration

    for kind, name, known in [("profile", profile, PROFILES), *(("dtype", d, DTYPES) for d in dtypes)]:
        if name not in known:
            raise unknown(kind, name, known)
    for device in devices:
        if device.partition(":")[0] not in ("cpu", "cuda", "mps", "xpu"):
            raise unknown("device", device, ("cpu", "cuda", "cuda:1"))
    known = configuration(Path.cwd()).get("known", {})
    return Settings(profile, seed, timeout, tuple(dtypes) or DTYPES, tuple(devices), known)


def _arguments(pairs: list[str]) -> dict[str, Any]:
    import ast

    arguments = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Unanswerable(f"--arg {pair!r} is not of the form name=value.")
        try:
            arguments[name] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            arguments[name] = value
    return arguments


def _campaign(settings: Any, report: str, workers: int, in_process: bool = False) -> Any:
    from lawful.verify.campaign import Campaign

    record = Path(report) / "record.jsonl" if report else RECORD
    return Campaign(settings, record, workers, in_process, stderr, sys.argv[1:])


def _write(report: Any, json: str, folder: str) -> int:
    """Prints the report, writes what was asked for, and returns the exit code."""
    from lawful.reports.terminal import show

    if json != "-":
        show(report, stdout)
    if json:
        from lawful.reports.document import document

        _save(json, document(report))
    if folder:
        from lawful.reports.document import document
        from lawful.reports.html import html

        _save(f"{folder}/report.json", document(report))
        _save(f"{folder}/report.html", html(report).encode())
        stderr.print(f"Report: {folder}/report.html", highlight=False)
    return int(report.exit_code)


def _save(path: str, content: bytes) -> None:
    if path == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(content)
    except OSError as error:
        raise Unanswerable(f"{path!r} cannot be written: {error.strerror}.") from error


def main() -> None:
    """The entry point: one line instead of a traceback when the question was wrong."""
    try:
        app()
    except Unanswerable as error:
        stderr.print(f"lawful: {error}", style="bold", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        stderr.print("lawful: interrupted; what was recorded can be read by `lawful report`.")
        sys.exit(130)


if __name__ == "__main__":
    main()
