"""A survey: a plan in, a record of every answer out, rows made from it. What the record has is not asked again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from lawful.verify.atlas.asking import batches
from lawful.verify.atlas.query import CLASSES, Answer, Query
from lawful.verify.atlas.ways import Way
from lawful.verify.encoding import restore
from lawful.verify.errors import Unanswerable


@dataclass
class Survey:
    """Asks what a plan wants, and writes down every answer as it comes.

    Args:
        plan: what is wanted.
        folder: where the record is.
        way: how questions go out.
        listener: told of each answer: (how many there are by now, the query, its answer).

    Attributes:
        told: key of a query → its answer, and the hash of the record's line that has it.
        wanted: how many questions there are, as far as it is known by now.
    """

    plan: Sequence[Query]
    folder: Path
    way: Way
    listener: Callable[[int, Query, Answer], Any] = lambda *_: None
    told: dict[str, tuple[Answer, str]] = field(default_factory=dict, init=False)
    versions: dict[str, str] = field(default_factory=dict, init=False)
    wanted: int = field(default=0, init=False)
    _others: int = field(default=0, init=False)  # answers of the record that the plan no longer asks for

    def run(self) -> None:
        """Asks everything that the record has not: first which classes there are, then what is asked of each.

        Raises:
            Unanswerable: the record is not of these versions, is damaged, or another process writes to it.
        """
        from lawful.reports.record import Record

        record, events = Record.resumed(self.folder / "record.jsonl")
        with record:
            self._begin(record, events)
            self.wanted = len(self.asked)
            self._others = len(self.told.keys() - {query.key for query in self.asked})
            self._ask(record, self.plan)
            self.wanted = len(self.asked)
            self._ask(record, [query for query in self.asked if query.ask != CLASSES])

    @property
    def asked(self) -> list[Query]:
        """Everything that is asked, as far as it is known by now, each once: what the plan says, and what follows."""
        every = chain.from_iterable((one, *one.of(self._targets(one))) for one in self.plan)
        return list({query.key: query for query in every}.values())

    def _targets(self, listing: Query) -> list[str]:
        return self.told[listing.key][0].targets if listing.key in self.told else []

    def atlas(self) -> Any:
        """What has been found by now (`lawful.reports.atlas.data.Atlas`)."""
        from lawful.reports.atlas.data import Atlas
        from lawful.reports.atlas.rows import rows

        asked = self.asked
        known = [one for one in asked if one.key in self.told]
        found = chain.from_iterable(rows(one, *self.told[one.key]) for one in known)
        return Atlas(list(found), self.versions, len(asked) - len(known))

    def _begin(self, record: Any, events: Sequence[Any]) -> None:
        from lawful.reports.session import versions

        self.versions = versions()
        if not events:
            record.append("session", versions=self.versions)
        for event in events:
            if event.event == "session":
                self._refuse_others(event.payload["versions"])
            if event.event == "answered":
                answer = restore(Answer, event.payload["answer"])
                self.told[event.payload["key"]] = answer, event.hash

    def _refuse_others(self, before: dict[str, str]) -> None:
        changed = [f"{n} {before.get(n, 'absent')}" for n in before if before[n] != self.versions.get(n)]
        if changed:
            raise Unanswerable(
                f"{str(self.folder)!r} holds an atlas made with {', '.join(changed)}: -o says another folder."
            )

    def _ask(self, record: Any, queries: Sequence[Query]) -> None:
        asked = [query for query in queries if not self._is_known(query)]
        for query, answer in self.way(batches(asked)) if asked else ():
            if self._is_known(query):  # two targets of the plan lead to it
                continue
            seal = record.append("answered", key=query.key, query=query, answer=answer)
            self.told[query.key] = answer, seal
            self.wanted += len(query.of(answer.targets))
            self.listener(len(self.told) - self._others, query, answer)

    def _is_known(self, query: Query) -> bool:
        """Whether the record has it; that something could not be installed may have passed."""
        answer, _ = self.told.get(query.key, (None, ""))
        return answer is not None and not (answer.failure and answer.failure.stage == "install")
