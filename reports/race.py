"""A race on the terminal, and as a page with its figures."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lawful.properties.races.arrival import FALSE_ALARM, Arrival, Course, End
from lawful.reports import figures, words
from lawful.verify.evidence import Figure, Series
from lawful.verify.language.symbols import lr
from lawful.verify.theory.problem import Problem
from lawful.verify.theory.problems import find_problem, problems

GLYPHS = {End.RIGHT: "✓", End.WRONG: "✗", End.UNDECIDED: "?"}
STYLES = {End.RIGHT: "green", End.WRONG: "bold red", End.UNDECIDED: "yellow"}
CLASSES = {End.RIGHT: "lawful", End.WRONG: "unlawful", End.UNDECIDED: "inconclusive"}
"""How the report's style sheet calls their colours."""

TALL = 100.0
"""A figure shows weights and regrets up to here; what leaves it diverges."""


@dataclass(frozen=True)
class Race:
    """What a race saw.

    Attributes:
        course: what was raced on.
        arrivals: everybody's.
        lost: optimizer → why it did not arrive.
        phases: the phase diagrams that were asked for.
    """

    course: Course
    arrivals: list[Arrival]
    lost: dict[str, str] = field(default_factory=dict)
    phases: list[Figure] = field(default_factory=list)

    @property
    def problem(self) -> Problem:
        """The problem."""
        return find_problem(self.course.problem)

    @property
    def exit_code(self) -> int:
        """0 if everybody's end is known; 3 if not."""
        undecided = any(a.verdict is End.UNDECIDED for a in self.arrivals)
        return 3 if self.lost or undecided else 0


# ------------------------------------------------------------------------------------------------- words
def setting(arrival: Arrival) -> str:
    """`lr 0.01, β₁ 0.9, β₂ 0.99`."""
    signs = {"lr": "lr", "beta1": "β₁", "beta2": "β₂"}
    named = arrival.setting
    return ", ".join(f"{sign} {words.number(named[name])}" for name, sign in signs.items() if name in named)


def drift(arrival: Arrival) -> str:
    """`−0.171`, the mean step in units of lr."""
    return "" if arrival.drift is None else f"{arrival.drift:+.3g}".replace("-", "−")


def share(arrival: Arrival) -> str:
    """`64 of 64 right`, or where one run says everything, its end."""
    if arrival.runs == 1:
        return arrival.seen
    most, what = max((arrival.right, "right"), (arrival.wrong, "wrong"))
    return f"{most} of {arrival.runs} {what}"


def method(race: Race) -> str:
    """What the verdicts rest on."""
    said = (
        "A drift is exact, in units of lr per step of the rule's long run, and decides where it is known, unless "
        "the runs contradict it. "
    )
    if not race.problem.is_random:
        return said + "Nothing is drawn on this problem: one run says what all do."
    return said + (
        f"Runs decide otherwise, if more than half of all go one way by a binomial test: false-alarm rate "
        f"at most {FALSE_ALARM:g} per verdict."
    )


def lead(race: Race) -> str:
    """`adam arrives at the wrong end; amsgrad and adopt at the optimum.`"""
    ends = {
        End.WRONG: "at the wrong end",
        End.RIGHT: "at the optimum",
        End.UNDECIDED: "at neither end for sure",
    }
    said = []
    for end, where in ends.items():
        names = list(dict.fromkeys(a.target for a in race.arrivals if a.verdict is end))
        if names:
            said.append(f"{words.enumerated(names)} {'arrives' if len(names) == 1 else 'arrive'} {where}")
    return words.sentence_case("; ".join(said)) + "." if said else "Nobody arrived."


# ---------------------------------------------------------------------------------------------- terminal
def show_problems(console: Console) -> None:
    """Prints the list of problems."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    for name, problem in problems().items():
        table.add_row(Text(name, "bold"), Text.assemble(problem.name, "\n", (str(problem.source), "dim")))
    console.print(table)


def show(race: Race, console: Console) -> None:
    """Prints the table of a race."""
    console.print(Text.assemble((race.course.problem, "bold"), f"  {race.problem.name}"))
    console.print(Text(f"{lead(race)}\n"))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for name in ("", "optimizer", "setting", "drift", "runs", "regret"):
        table.add_column(name, no_wrap=name != "optimizer")
    for a in race.arrivals:
        verdict = Text(f"{GLYPHS[a.verdict]} {a.verdict}", STYLES[a.verdict])
        table.add_row(
            verdict, words.plain(a.target), setting(a), drift(a), share(a), words.number(a.regret.y[-1])
        )
    for target, why in race.lost.items():
        table.add_row(Text("! lost", "magenta"), words.plain(target), words.plain(why))
    console.print(table)
    console.print(Text(f"\n{method(race)}", "dim"))


# ------------------------------------------------------------------------------------------------- page
def drawn(race: Race) -> Iterator[Figure]:
    """The figures: the ways of all optimizers, and their regret, for each learning rate and pair of betas."""
    settings = {tuple(a.setting.items()): a for a in race.arrivals if len(a.setting) > 1} or {
        tuple(a.setting.items()): a for a in race.arrivals
    }
    for one in settings.values():
        here = [a for a in race.arrivals if a.setting.items() <= one.setting.items()]
        yield Figure(
            f"Mean weight, {setting(one)}",
            "step",
            "mean weight",
            [*(_low(a.path, a) for a in here), _optimum(race)],
        )
        yield Figure(
            f"Regret per step, {setting(one)}",
            "step",
            "regret so far / steps",
            [_low(a.regret, a) for a in here],
        )
    yield from race.phases


def _optimum(race: Race) -> Series:
    """Where the mean loss is least, as a line through the figure."""
    longest = max((a.path.x for a in race.arrivals), key=len, default=[0.0, 1.0])
    problem, rate = race.problem, race.arrivals[0].setting["lr"] if race.arrivals else race.problem.lr
    best = float(problem.optimum if problem.best is None else problem.best.subs(lr, rate))
    return Series("optimum", [longest[0], longest[-1]], [best, best])


def _low(series: Series, arrival: Arrival) -> Series:
    """The part of a line that is not too tall for a figure, in the optimizer's name."""
    seen = [(x, y) for x, y in zip(series.x, series.y, strict=True) if abs(y) <= TALL]
    return replace(series, name=words.plain(arrival.target), x=[x for x, _ in seen], y=[y for _, y in seen])


def html(race: Race) -> str:
    """The page."""
    folder = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures = [(f.title, Markup(figures.svg(f, f"figure{i}"))) for i, f in enumerate(drawn(race))]
    helpers = {
        "lead": lead,
        "setting": setting,
        "drift": drift,
        "share": share,
        "method": method,
        "words": words,
    }
    template = environment.get_template("race.html.j2")
    return template.render(race=race, pictures=pictures, glyphs=GLYPHS, classes=CLASSES, **helpers)
