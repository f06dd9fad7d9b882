"""The command line: `lawful check`, `identify`, `replay`, `compare`, `prove`, `laws`, `claims`, `race`, `adequacy` …

Exit codes: 0 lawful, 1 unlawful, 2 the question was wrong, 3 inconclusive, crashed or timed out,
130 interrupted.
Everything but the answer goes to standard error.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lawful.verify import evidence
from lawful.verify.errors import Unanswerable, WorkerError
from lawful.verify.front import (
    atlas,
    bisect,
    catalogue,
    dividing,
    measuring,
    options,
    racing,
    translating,
    vectoring,
)
from lawful.verify.front.choices import FailOn
from lawful.verify.front.console import Output, save, say, stderr, stdout, write
from lawful.verify.front.options import (
    Arguments,
    Cached,
    Certificates,
    Command,
    Device,
    Dtype,
    FailOnOption,
    First,
    Format,
    FormatOption,
    InProcess,
    Json,
    Names,
    Paths,
    Profile,
    Property,
    Quiet,
    Ray,
    ReportFolder,
    RuleOption,
    Seed,
    Target,
    Targets,
    Timeout,
    Workers,
)
from lawful.verify.front.records import own

if TYPE_CHECKING:
    from lawful.verify.front.campaign import Campaign

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for part in (catalogue, racing, atlas, bisect, measuring, translating, vectoring):
    app.add_typer(part.app)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        stdout.print(f"lawful {version('lawful')}, torch {version('torch')}", highlight=False)
        raise typer.Exit


@app.callback()
def options_of_all(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Is your optimizer lawful? Checks optimizers against the mathematics that they claim.

    Exit codes: 0 lawful, 1 unlawful, 2 the question was wrong, 3 inconclusive, crashed or timed out.
    """


@app.command()
def check(
    targets: Targets = None,
    command: Command = None,
    rule: RuleOption = "",
    arg: Arguments = [],  # noqa: B006 - typer reads the default
    name: Names = [],  # noqa: B006
    profile: Profile = evidence.Profile.DEFAULT,
    device: Device = ["cpu"],  # noqa: B006
    dtype: Dtype = [],  # noqa: B006
    property: Property = [],  # noqa: B006
    path: Paths = [],  # noqa: B006
    fail_on: FailOnOption = FailOn.CONTRACT,
    seed: Seed = 0,
    timeout: Timeout = 60.0,
    workers: Workers = 0,
    ray: Ray = "",
    in_process: InProcess = False,
    quiet: Quiet = False,
    exitfirst: First = False,
    cached: Cached = False,
    form: FormatOption = Format.TEXT,
    json: Json = "",
    report: ReportFolder = "",
) -> None:
    """Check optimizers against the rules that they claim, or, where they claim none, against what needs none."""
    from lawful.verify.front.configuration import configuration
    from lawful.verify.front.planning import Question

    said = configuration(Path.cwd()).get("targets", {})
    asked = options.targets(targets or [], command, said)
    question = Question(asked, rule, options.arguments(arg), names=options.names(name), configured=said)
    settings = options.settings(profile, seed, timeout, dtype, device, property, path, fail_on)
    campaign = _campaign(settings, report, workers, in_process, quiet, exitfirst)
    campaign.cached, campaign.ray = cached, ray
    raise typer.Exit(write(_run(campaign, lambda: campaign.run(question)), Output(json, report, form, quiet)))


@app.command()
def verify(
    report: ReportFolder = "reports/latest",
    profile: Profile = evidence.Profile.QUICK,
    device: Device = ["cpu"],  # noqa: B006
    seed: Seed = 0,
    timeout: Timeout = 60.0,
    workers: Workers = 0,
    ray: Ray = "",
    certificates: Certificates = "",
) -> None:
    """Prove the laws, check the bundled optimizers and torch.optim's, and write the report."""
    from lawful.verify.front.planning import Question
    from lawful.verify.theory.law import laws as known

    question = Question(["bundled", "torch.optim"], laws=list(known()))
    campaign = _campaign(options.settings(profile, seed, timeout, [], device), report, workers)
    campaign.certificates, campaign.ray = options.results(certificates), ray
    raise typer.Exit(write(_run(campaign, lambda: campaign.run(question)), Output(folder=report)))


app.add_typer(dividing.commands(check))


@app.command()
def identify(
    target: Target = None,
    command: Command = None,
    arg: Arguments = [],  # noqa: B006 - typer reads the default
    name: Names = [],  # noqa: B006
    seed: Seed = 0,
    timeout: Timeout = 60.0,
    json: Json = "",
) -> None:
    """Find which rule and which conventions an optimizer follows; exit code 1 if none fits."""
    from lawful.reports.identity import show_identity
    from lawful.verify.encoding import encode
    from lawful.verify.front.questions import identity

    asked = options.target(target, command)
    given = options.arguments(arg), options.names(name)
    found = identity(asked, *given, options.natural(seed), options.patience(timeout))
    if json:
        save(json, encode(found) + b"\n")
    if json != "-":
        show_identity(found, stdout)
    raise typer.Exit(0 if found.found else 1)


@app.command(name="report")
def report_command(
    record: Annotated[str, typer.Argument(help="A record, whole or cut off by whatever ended the run.")],
    everything: Annotated[bool, typer.Option("--all", help="Print all findings and notes.")] = False,
    form: FormatOption = Format.TEXT,
    json: Json = "",
    report: ReportFolder = "",
) -> None:
    """Print the report of a record, and write it again if asked to."""
    from lawful.reports.document import opened

    raise typer.Exit(write(opened(record), Output(json, report, form, everything=everything)))


@app.command()
def replay(
    report: Annotated[str, typer.Argument(help="A report, a record, or a folder that holds one.")],
    checks: Annotated[
        list[str] | None, typer.Argument(help="Names or patterns of checks; all without.")
    ] = None,
    timeout: Timeout = 60.0,
    workers: Workers = 0,
    in_process: InProcess = False,
    json: Json = "",
    yes: Annotated[bool, typer.Option("--yes", help="Run what the report names without asking.")] = False,
) -> None:
    """Ask the questions of a report again, and say what changed."""
    from lawful.verify.front.campaign import Campaign
    from lawful.verify.front.replay import Replay, told

    again = Replay(report, checks or [], timeout)
    again.agreed(yes)
    campaign = Campaign(again.settings, own("replay"), workers, in_process, stderr, sys.argv[1:], again.known)
    found, changed = _run(campaign, lambda: again.run(campaign))
    if json != "-":
        write(found, Output())
    told(changed, json)
    raise typer.Exit(found.exit_code)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="A report, a record, an atlas, or a folder that holds one.")],
    after: Annotated[str, typer.Argument(help="Likewise.")],
    json: Json = "",
) -> None:
    """Print what changed between two reports, or two atlases; exits with 1 if anything that was seen did."""
    from lawful.verify.front.replay import compare as compared

    raise typer.Exit(compared(before, after, json))


def _campaign(
    settings: Any,
    report: str,
    workers: int,
    in_process: bool = False,
    quiet: bool = False,
    first: bool = False,
) -> "Campaign":
    from lawful.verify.front.campaign import Campaign
    from lawful.verify.front.configuration import configuration

    record = Path(report) / "record.jsonl" if report else own("record")
    known = configuration(Path.cwd()).get("known", {})
    shown = None if quiet else stderr
    return Campaign(settings, record, workers, in_process, shown, sys.argv[1:], known, first=first)


def _run(campaign: "Campaign", run: Callable[[], Any]) -> Any:
    """What a campaign's run returns; what Ctrl-C leaves of it is in the record."""
    try:
        return run()
    except KeyboardInterrupt:
        rest = f"; what was recorded: lawful report {campaign.record}" if campaign.begun else "."
        say(f"interrupted{rest}")
        raise typer.Exit(130) from None


UsageError: Any = typer.BadParameter.__bases__[0]
"""What typer raises for options that it cannot read; it is not exported."""


def _misread(error: Any) -> str:
    """What typer says of an option, without what pydantic puts before a sentence that is typer's own."""
    error.message = error.message.removeprefix("Value error, ")
    return str(error.format_message())


def main() -> None:
    """The entry point: one line instead of a traceback when the question was wrong.

    Modules of the folder that it runs in are found, as by `python -m`.
    """
    sys.path.append(str(Path.cwd()))
    try:
        code = app(standalone_mode=False)
    except (Unanswerable, UsageError) as error:
        say(_misread(error) if isinstance(error, UsageError) else str(error))
        code = 2
    except WorkerError as error:
        say(f"a question was not answered: {error}.")
        code = 3
    except (KeyboardInterrupt, typer.Abort):
        say("interrupted.")
        code = 130
    except BrokenPipeError:  # what was printed without a console
        stdout.on_broken_pipe()
        code = 141
    sys.exit(code)


if __name__ == "__main__":
    main()
