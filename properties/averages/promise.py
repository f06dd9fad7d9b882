"""From a sentence about averages to a property: the function that looks, asked on benches."""

from collections.abc import Callable, Iterator

from lawful.properties.averages.driving import Bench, settings
from lawful.properties.checks import Property
from lawful.properties.promises import Said, promised
from lawful.verify.candidates.averager import Averager
from lawful.verify.evidence import Severity

Look = Callable[[Bench], Said]


def promise(
    at: Callable[[Averager], Iterator[Bench]] = settings,
    of: Callable[[Averager], bool] = lambda averager: averager.whole,
    severity: Severity = Severity.CONTRACT,
) -> Callable[[Look], Property]:
    """Makes a property of a function that looks: its docstring is the sentence, what it yields are findings.

    Args:
        at: the benches on which it is asked.
        of: whether an average has something to ask about; what another average keeps need not be asked again of the
            function that it averages with.
        severity: how grave it is to break it.
    """
    return lambda look: promised(look, at, Averager, of, severity)
