"""Replays days of rows through extraction and the engine, with ticks; samples and transitions come out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from allywatch.backtest.forms import Bad, Found
from allywatch.backtest.history import BadRow, Sample, Tally, Transition
from allywatch.backtest.rows import Share
from allywatch.engine import Method, RegionEngine, State
from allywatch.engine.reviewing import Change, Outcome
from allywatch.engine.state import RegionState
from allywatch.engine.turn import Setting, shared_of
from allywatch.engine.view import Surroundings, View, look, slow
from allywatch.regions import Registry
from allywatch.risk import world
from allywatch.risk.baseline import tension
from allywatch_schemas import EvidenceBatch, Message, SourceRange, Tick, TickOrigin

MAX_DOCUMENTS = 2_000
"""In one batch: what the engine takes at once."""
MAX_BAD_LISTED = 20
HISTORY = "history"
"""The source topic that replayed rows are said to come from."""

Progress = Callable[[int], None]
"""Told how many more rows are done."""


@dataclass(slots=True)
class Replay:
    """One run through history. Feed it days in order; it yields samples and keeps transitions."""

    method: Method
    registry: Registry
    regions: frozenset[str]
    by_day: bool
    tick_hours: int
    levels: bool = True
    """Whether samples hold the slow pressure: it is dear."""
    tally: Tally = field(default_factory=Tally)
    transitions: list[Transition] = field(default_factory=list)
    _states: dict[bytes, State] = field(default_factory=dict)
    _engine: RegionEngine = field(init=False)
    _setting: Setting = field(init=False)
    _views: dict[str, View] = field(default_factory=dict)
    """Of the day in hand, where a step looked."""
    _offset: int = 0

    def __post_init__(self) -> None:
        """One engine over all regions, as one partition."""
        self._engine = RegionEngine(
            self.method, self.registry, self.regions, 0, on_ticks_alone=self.by_day, witness=self._witness
        )
        self._setting = Setting(self.method, self.registry, self.regions, 0)

    def days(self, days: Iterable[tuple[date, list[Share]]]) -> Iterator[list[Sample]]:
        """Replay; the samples of each day, days without rows included."""
        following: date | None = None
        for day, shares in days:
            while following is not None and following < day:
                yield self._day(following, [])
                following += timedelta(days=1)
            yield self._day(day, shares)
            following = day + timedelta(days=1)

    def _day(self, day: date, shares: Sequence[Share]) -> list[Sample]:
        self.tally.days += 1
        self._views = {}
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        ends = [
            midnight + timedelta(hours=hour + self.tick_hours, seconds=-1)
            for hour in range(0, 24, self.tick_hours)
        ]
        if self.by_day:
            for end in ends[:-1]:
                self._tick(end)
            self._take_up(shares, f"{day}T00")
            self._tick(ends[-1])
        else:
            for slot, end in enumerate(ends):
                self._tick(end)
                start = slot * self.tick_hours
                self._take_up(
                    [_within(share, start, start + self.tick_hours) for share in shares], f"{day}T{start:02}"
                )
        levels = self._levels() if self.levels else {}
        return [self._sample(region, day, levels.get(region)) for region in sorted(self.regions)]

    def _tick(self, time: datetime) -> None:
        self._apply(Tick(time=time, origin=TickOrigin.EXTERNAL))

    def _take_up(self, shares: Sequence[Share], hour: str) -> None:
        rows = sum(len(share.lines) for share in shares)
        self.tally.rows += rows
        counted = {hour: rows}
        found = self._found(shares)
        seen: set[str] = set()
        while part := list(islice(found, MAX_DOCUMENTS)):
            fresh = {each.document.doc_id: each for each in part if each.document.doc_id not in seen}
            seen |= fresh.keys()
            self._apply_batch(list(fresh.values()), counted)
            counted = {}
        if counted and rows:
            self._apply_batch([], counted)

    def _apply_batch(self, found: Sequence[Found], totals: dict[str, int]) -> None:
        start = self._offset
        documents = [each.document.restated({"offset": start + number}) for number, each in enumerate(found)]
        end = start + max(len(found), *totals.values(), 1) if totals else start + len(found)
        covered = SourceRange.model_construct(
            topic=HISTORY, topic_id="", partition=0, start=start, end=end, totals=totals, feeds=()
        )
        self._offset = end
        items = tuple(item for each in found for item in each.items if item.region in self.regions)
        self.tally.documents += len(found)
        self.tally.items += len(items)
        self._apply(
            EvidenceBatch.model_construct(
                id=f"{HISTORY}-{start}",
                ranges=(covered,),
                superseded=(),
                documents=tuple(documents),
                items=items,
            )
        )

    def _found(self, shares: Iterable[Share]) -> Iterator[Found]:
        for path, form, lines in shares:
            for each in form.read(lines):
                if isinstance(each, Bad):
                    self.tally.bad += 1
                    if len(self.tally.first_bad) < MAX_BAD_LISTED:
                        self.tally.first_bad.append(BadRow(path, each.line, str(each.why)))
                else:
                    yield each

    def _apply(self, message: Message) -> None:
        effects = self._engine.take(message, self._offset, self._states)
        for key, state in effects.changes.items():
            if state is None:
                self._states.pop(key, None)
            else:
                self._states[key] = state
        if effects.rejections:
            raise RuntimeError(f"the engine refused what is well formed: {effects.rejections[0].detail}")

    def _witness(self, around: Surroundings, outcome: Outcome) -> None:
        if outcome.view is None:
            return
        self._views[around.region] = outcome.view
        for change in outcome.changes:
            self.transitions.append(_transition(change, around))

    def _sample(self, region: str, day: date, level: int | None) -> Sample:
        view = self._views.get(region) or look(self._state(region), self._around(region))
        return Sample(region, day, view.assessment.z_milli, level, view.assessment.confidence)

    def _levels(self) -> dict[str, int]:
        """The slow pressure of each region, as a share of the world's volume faded as slowly."""
        shared = shared_of(self._states)
        volume = world.volume(shared.world_hours, shared.world_days, self.method.slow, shared.hour or 0)
        return {region: self._level(region, volume) for region in self.regions}

    def _level(self, region: str, volume: int) -> int:
        tracks = slow(self._state(region), self._around(region))
        return sum(tension(world.share(abs(track), volume)) for track in tracks)

    def _state(self, region: str) -> RegionState:
        state = self._states.get(region.encode())
        return state if isinstance(state, RegionState) else RegionState()

    def _around(self, region: str) -> Surroundings:
        return self._setting.around(region, shared_of(self._states))


def _within(share: Share, start: int, end: int) -> Share:
    lines = [line for line in share.lines if start <= share.form.hour_of(line[1]) < end]
    return share._replace(lines=lines)


def _transition(change: Change, around: Surroundings) -> Transition:
    episode = change.transition.episode
    return Transition(
        around.clock or 0,
        around.region,
        change.rule.name,
        episode.number,
        episode.revision,
        episode.state,
        change.transition.previous,
        change.transition.reason,
        episode.severity,
        change.value,
        change.threshold,
        change.transition.notify,
    )
