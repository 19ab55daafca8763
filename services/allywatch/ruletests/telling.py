"""What a test gives, as the messages that the engine takes. Everything in them is marked as an exercise."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil

from allywatch.ruletests.script import Command, Given, History, RuleTest, Step
from allywatch_schemas import (
    AlertCommand,
    Coverage,
    Document,
    Evidence,
    EvidenceBatch,
    EvidenceKind,
    Message,
    Retraction,
    Role,
    Source,
    SourceRange,
    Superseded,
    Tick,
    TickOrigin,
)

FEED = "rule-test"
ACTOR = "rule test"


class Teller:
    """Turns steps into messages; counts what it sent, so that nothing is taken for a repetition."""

    def __init__(self, test: RuleTest, start: datetime, interval: timedelta) -> None:
        self._test, self._start, self._interval = test, start, interval
        self._now = start
        self._sent = 0

    @property
    def regions(self) -> frozenset[str]:
        """Every region that the test speaks of."""
        return frozenset(_regions(self._test))

    def beginning(self) -> Iterator[Message]:
        """The clock, and the past if there is one."""
        if self._test.history is not None:
            yield _tick(self._start - timedelta(days=1))
            yield self._history(self._test.history)
        yield _tick(self._start)

    def ticks_until(self, at: timedelta) -> Iterator[Message]:
        """The clock at every interval, and at `at`."""
        target = self._start + at
        while self._now < target:
            self._now = min(self._now + self._interval, target)
            yield _tick(self._now)

    def given(self, step: Step) -> Iterator[Message]:
        """What a step tells the engine, in the order of its keys."""
        if step.evidence:
            yield self._batch([(each, self._now - each.age, False) for each in step.evidence])
        for document in step.retract:
            self._sent += 1
            yield Retraction(
                id=f"retraction-{self._sent}", doc_id=document, reason="Exercise.", issued_at=self._now
            )
        if step.command is not None:
            yield self._command(step.command)
        if step.coverage is not None:
            yield Coverage(
                id=f"coverage-{step.at}",
                feed=FEED,
                state=step.coverage.state,
                regions=tuple(sorted(self.regions)),
                observed=0,
                expected=10.0,
                window_start=self._now - timedelta(hours=1),
                window_end=self._now,
            )

    def _command(self, command: Command) -> AlertCommand:
        self._sent += 1
        region = command.region or self._test.region
        return AlertCommand(
            id=f"command-{self._sent}",
            region=region,
            alert_key=f"{command.rule}:{region}",
            action=command.action,
            actor=ACTOR,
            issued_at=self._now,
            until=None if command.until is None else self._start + command.until,
        )

    def _history(self, history: History) -> EvidenceBatch:
        past = []
        for day in range(1, history.days + 1):
            given = Given(origin=f"history-{day}", points=history.points, regions=tuple(self.regions))
            past.append((given, self._start - timedelta(days=day + 1), True))
        return self._batch(past)

    def _batch(self, told: list[tuple[Given, datetime, bool]]) -> EvidenceBatch:
        documents, items, superseded = list[Document](), list[Evidence](), list[Superseded]()
        first = self._sent
        for given, at, backfill in told:
            for name in _documents(given):
                documents.append(_document(given, name, at, backfill, self._sent))
                items += self._items(given, name, at)
                if given.version > 1:
                    superseded.append(Superseded(doc_id=name, version=given.version))
                self._sent += 1
        return EvidenceBatch(
            id=f"batch-{first}",
            ranges=(SourceRange(topic=FEED, partition=0, start=first, end=self._sent),),
            superseded=tuple(superseded),
            documents=tuple(documents),
            items=tuple(items),
        )

    def _items(self, given: Given, document: str, at: datetime) -> Iterator[Evidence]:
        """So many items that each has an intensity of 1 at most."""
        count = max(1, ceil(abs(given.points)))
        kind = EvidenceKind.MECHANISM if given.mechanism else EvidenceKind.EVENT
        for region in given.regions or (self._test.region,):
            for number in range(count):
                yield Evidence(
                    id=f"{document}/{given.version}/{region}/{number}",
                    doc_id=document,
                    region=region,
                    kind=EvidenceKind.CONTAGION if given.contagion else kind,
                    track=given.track,
                    mechanism=given.mechanism,
                    plover_root=None if given.mechanism else given.event,
                    adversary=given.adversary,
                    role=Role.TARGET,
                    sign=1.0 if given.points >= 0 else -1.0,
                    intensity=abs(given.points) / count,
                    modality=given.modality,
                    probability=1.0,
                    half_life_hours=24.0,
                    event_time=at,
                    quote=f"Exercise: {given.origin}",
                    rule_id=FEED,
                    lexicon_version=FEED,
                    derived_from=f"{document}/elsewhere" if given.contagion else None,
                )


def _regions(test: RuleTest) -> Iterator[str]:
    yield test.region
    for step in test.steps:
        for given in step.evidence:
            yield from given.regions
        yield from (each.region for each in step.expect if each.region)
        yield from (each.region for each in step.expect_score if each.region)
        if step.command is not None and step.command.region is not None:
            yield step.command.region


def _documents(given: Given) -> Iterable[str]:
    name = given.document or given.origin
    return (name, *(f"{name} (copy {number})" for number in range(2, given.copies + 1)))


def _document(given: Given, name: str, at: datetime, backfill: bool, offset: int) -> Document:
    root = given.root or given.document or given.origin
    return Document(
        doc_id=name,
        version=given.version,
        fingerprint=f"text of {given.origin}",
        family=root,
        source=Source(id=f"{root.replace(' ', '-').lower()}.example", name=f"{root} (exercise)"),
        published_at=at,
        title=f"Exercise: {given.origin}",
        range=0,
        offset=offset,
        backfill=backfill,
        exercise=True,
    )


def _tick(time: datetime) -> Tick:
    return Tick(time=time, origin=TickOrigin.EXTERNAL)
