"""`lawful bisect`: releases of one package asked by halves, each in an environment of its own."""

from typing import Annotated, Any

import typer

from lawful.verify.atlas.query import Ask, Query
from lawful.verify.errors import Unanswerable
from lawful.verify.evidence import Verdict
from lawful.verify.front import options
from lawful.verify.front.console import stderr, stdout
from lawful.verify.front.options import Arguments, Dtype, RuleOption, Seed, Timeout

app = typer.Typer()

TARGET = "timm:timm.optim.AdamP; the module may be left out where it is called as the package."
Asked = Annotated[Ask, typer.Option("--question", help="What is asked.")]
Needs = Annotated[
    list[str], typer.Option("--needs", help="What else is installed: name==version; may be repeated.")
]
Since = Annotated[str, typer.Option("--from", metavar="VERSION", help="The oldest release.")]
Until = Annotated[str, typer.Option("--to", metavar="VERSION", help="The newest.")]


@app.command()
def bisect(
    target: Annotated[str, typer.Argument(metavar="PACKAGE:CLASS", help=TARGET)],
    question: Asked = Ask.IDENTIFY,
    rule: RuleOption = "",
    arg: Arguments = [],  # noqa: B006 - typer reads the default
    needs: Needs = [],  # noqa: B006
    since: Since = "",
    until: Until = "",
    dtype: Dtype = [],  # noqa: B006
    seed: Seed = 0,
    timeout: Timeout = 60.0,
) -> None:
    """Find the release in which an answer changed, of those that the index has; exit code 1 if one did."""
    from lawful.verify.atlas.bisecting import Bisection
    from lawful.verify.atlas.environment import uv
    from lawful.verify.atlas.index import between, versions
    from lawful.verify.atlas.plan import release

    package, path = _parted(target)
    releases, _ = between(versions(package), since, until), uv()
    chosen = options.natural(seed), options.patience(timeout)
    fixed, names = options.arguments(arg), dict[str, str]()
    about = rule, fixed, names, "quick", tuple(map(str, dtype)), *chosen

    def answer(version: str) -> str | None:
        said, counts = _answer(Query(release(package, version, needs), path, question, *about))
        stderr.print(f"{version}: {said}", markup=False, highlight=False, soft_wrap=True)
        return said if counts else None

    search = Bisection(releases, answer)
    _show(target, search, search.run())


def _parted(target: str) -> tuple[str, str]:
    """The package, and the class as a target."""
    package, colon, name = target.partition(":")
    if not (package and colon and name):
        raise Unanswerable(f"{target!r} is not of the form PACKAGE:CLASS, as in timm:timm.optim.AdamP.")
    module, _, cls = name.replace(":", ".").rpartition(".")
    return package, f"{module or package.replace('-', '_')}:{cls}"


def _answer(query: Query) -> tuple[str, bool]:
    """What a release answers, and whether that is an answer, and not why there is none."""
    from lawful.reports.atlas.rows import rows
    from lawful.reports.atlas.view import Seen
    from lawful.verify.atlas.asking import answers

    _, answer = next(iter(answers([query])))
    failure = answer.failure
    if failure is not None and failure.verdict is Verdict.INCONCLUSIVE:
        return failure.said, False
    return Seen(query.release.version, list(rows(query, answer, ""))).answer, True


def _show(target: str, search: Any, found: tuple[str, str] | None) -> None:
    """Prints the outcome and exits."""
    asked = f"{len(search.told)} of {len(search.versions)} releases were asked"
    if found is None:
        last = next(
            (said for version in reversed(search.versions) if (said := search.told.get(version))), None
        )
        stdout.print(f"{target}: {f'{last}, now as at first' if last else 'no release can be asked'}; {asked}.",
                     markup=False, highlight=False, soft_wrap=True)  # fmt: skip
        raise typer.Exit(0 if last else 3)
    old, new = found
    lines = [f"{target} changed in {new}; {asked}.", *(f"  {v}: {search.told[v]}" for v in found)]
    skipped = search.versions[search.versions.index(old) + 1 : search.versions.index(new)]
    lines += [f"  Between them, {', '.join(skipped)} cannot be asked."] if skipped else []
    stdout.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)
