"""What an atlas runs in the environment of a release: questions come in, a line each, and answers go out.

This process judges; a worker imports the candidates.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from lawful.verify.atlas.query import CLASSES, Answer, Ask, Failure, Query
from lawful.verify.candidates.places import place_of
from lawful.verify.encoding import decode, encode, restore
from lawful.verify.errors import Unanswerable, WorkerDiedError, WorkerError, WorkerTimeoutError, first_line
from lawful.verify.evidence import Verdict
from lawful.verify.front.planning import DESCRIPTION, IDENTITY, Question, patience, plan
from lawful.verify.front.session import Session
from lawful.verify.workers.parent import end_with_parent
from lawful.verify.workers.pool import AnyPool, Pool

CONTRACT = "lawful.verify.front.questions:contract"


def answered(pool: AnyPool, query: Query) -> Answer:
    """The answer, or why there is none."""
    start = perf_counter()
    try:
        answer = ANSWERS[query.ask](pool, query)
    except (Unanswerable, WorkerError) as error:
        answer = Answer(failure=_failure(query.ask, error))
    return replace(answer, seconds=round(perf_counter() - start, 3))


def _failure(ask: str, error: Unanswerable | WorkerError) -> Failure:
    stage = "import" if ask == CLASSES else str(ask)
    verdict = next((v for kind, v in LOST.items() if isinstance(error, kind)), Verdict.INCONCLUSIVE)
    return Failure(stage, verdict, first_line(error))


LOST = {WorkerTimeoutError: Verdict.TIMED_OUT, WorkerDiedError: Verdict.CRASHED}


def _classes(pool: AnyPool, query: Query) -> Answer:
    about, limit = place_of(query.target) or query.target, query.timeout
    found = pool.call(f"{DESCRIPTION}:own", query.target, gives=list[str], timeout=limit, about=about)
    return Answer(targets=found)


def _identified(pool: AnyPool, query: Query) -> Answer:
    from lawful.verify.variants.identity import Identity

    asked, about = (query.target, query.arguments, query.names, query.seed), query.target
    return Answer(identity=pool.call(IDENTITY, *asked, gives=Identity, timeout=query.timeout, about=about))


def _checked(pool: AnyPool, query: Query, only: tuple[str, ...] = ()) -> Answer:
    settings = _settings(query, only)
    question = Question([query.target], query.rule, query.arguments, names=query.names)
    planned = plan(pool, question, settings)
    with Session(pool, settings, lost=planned.lost) as session:
        return Answer(results=[(c, replace(e, figures=[])) for c, e in session.run(planned.checks)])


def _contract(pool: AnyPool, query: Query) -> Answer:
    names = pool.call(CONTRACT, gives=list[str], timeout=patience(_settings(query)))
    return _checked(pool, query, tuple(names))


def _settings(query: Query, only: tuple[str, ...] = ()) -> Any:
    from lawful.properties.settings import DTYPES, Settings

    dtypes = query.dtypes or DTYPES
    return Settings(query.profile, query.seed, query.timeout, dtypes, only=only)


ANSWERS: dict[str, Callable[[AnyPool, Query], Answer]] = {
    CLASSES: _classes,
    Ask.IDENTIFY: _identified,
    Ask.CHECK: _checked,
    Ask.CONTRACT: _contract,
}


READY = {Ask.IDENTIFY: "lawful.verify.variants.written"}
"""What workers have ready for a question."""


def main() -> None:
    """Answers until nobody asks any more. Arguments: what will be asked, as far as that is known."""
    end_with_parent()
    with Pool(1, [module for ask, module in READY.items() if ask in sys.argv[1:]]) as pool:
        for line in sys.stdin.buffer:
            answer = encode(answered(pool, restore(Query, decode(line))))
            sys.stdout.buffer.write(answer + b"\n")
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
