"""Rebuilding a past moment of one region: find where to start, replay, hold it against what was published."""

from collections.abc import Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime

from allywatch.engine.snapshot import Snapshot
from allywatch.past.hindrance import CannotRebuild, Hindrance
from allywatch.past.methods import Methods
from allywatch.past.partition import PartitionLog
from allywatch.past.published import Comparison, Published
from allywatch.past.replaying import Replaying, Scene, clock_after
from allywatch.records import Record
from allywatch_schemas.topics import REGION_INPUTS


@dataclass(frozen=True, slots=True)
class Until:
    """Where to stop: the last input applied while the clock stood at `clock` or before, or at `offset`."""

    clock: int | None = None
    """Milliseconds."""
    offset: int | None = None

    def covers(self, snapshot: Snapshot) -> bool:
        """Whether a snapshot lies before the end, so that one may start there."""
        if self.clock is not None:
            return snapshot.clock <= self.clock
        return self.offset is not None and snapshot.offset < self.offset

    def passed(self, offset: int, clock: int | None) -> bool:
        """Whether an input, and the clock that it leaves, lie beyond the end."""
        if self.clock is not None:
            return clock is not None and clock > self.clock
        return self.offset is not None and offset > self.offset


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A stretch of the past of one region."""

    region: str
    last: Scene
    """The end."""
    told: Scene
    """When its score was last published before the end."""
    stops: Mapping[int, Scene] = field(default_factory=dict)
    """After each of the inputs asked for."""
    comparison: Comparison = field(default_factory=Comparison)
    """With what was published on the way."""


def moment(clock: int) -> str:
    """Milliseconds as a time for people."""
    return f"{datetime.fromtimestamp(clock / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"


async def rebuild(
    past: PartitionLog,
    methods: Methods,
    region: str,
    published: Published,
    until: Until,
    stops: Collection[int] = (),
) -> Rebuilt:
    """Rebuild a region up to a moment.

    Args:
        past: The region's partition.
        methods: The methods at hand.
        region: Whose past.
        published: What the log still holds of its scores and alerts.
        until: The end.
        stops: Inputs after which a picture is wanted.

    Raises:
        CannotRebuild: The moment is older than what the log reaches, or a method is not at hand.
    """
    replaying = await start(past, methods, until, min(stops, default=None))
    observed = _Observed(region, published, replaying, frozenset(stops))
    end = past.end if until.offset is None else min(past.end, until.offset + 1)
    async with aclosing(past.read(REGION_INPUTS.name, replaying.offset + 1, end)) as inputs:
        async for record in inputs:
            effects = replaying.look_ahead(record)
            if until.passed(record.offset, clock := clock_after(effects)):
                if replaying.scene.clock is None:
                    raise _before_the_clock(f"the first tick says {moment(clock or 0)}")
                break
            replaying.take(record, effects)
            observed.step(record, region.encode() in effects.changes)
    if replaying.scene.clock is None:
        raise _before_the_clock("no tick had come")
    return observed.result()


async def start(past: PartitionLog, methods: Methods, until: Until, before: int | None) -> Replaying:
    """The newest snapshot before the end (and before the input `before`), or the beginning of the log.

    Raises:
        CannotRebuild: There is none, or its method is not at hand.
    """
    never_applied = await past.never_applied()
    found = [each for each in await past.snapshots() if before is None or each.offset < before]
    for each in reversed([each for each in found if until.covers(each)]):
        if await past.told_by(each):
            engine = methods.engine(each.method)
            states = {key: engine.decode_state(key, value) for key, value in each.states.items()}
            return Replaying(methods, each.method, never_applied, states, each.offset)
    if past.begin == 0:
        return Replaying(methods, methods.first, never_applied)
    raise await _too_old(past)


def _before_the_clock(when: str) -> CannotRebuild:
    return CannotRebuild(Hindrance.BEFORE_THE_BEGINNING, f"the engine's clock had not started then: {when}.")


async def _too_old(past: PartitionLog) -> CannotRebuild:
    where = f"partition {past.partition} of {REGION_INPUTS.name}"
    for each in await past.snapshots():
        if await past.told_by(each):
            return CannotRebuild(
                Hindrance.OLDER_THAN_RETENTION,
                f"retention has removed what {where} held before offset {past.begin}. The earliest moment "
                f"that can be rebuilt is {moment(each.clock)}.",
            )
    return CannotRebuild(
        Hindrance.OLDER_THAN_RETENTION,
        f"retention has removed what {where} held before offset {past.begin}, and there is no snapshot after "
        "it yet: moments from the next midnight (UTC) of the engine's clock on can be rebuilt.",
    )


class _Observed:
    """Takes pictures on the way and compares."""

    def __init__(
        self, region: str, published: Published, replaying: Replaying, stops: frozenset[int]
    ) -> None:
        self._region, self._published, self._replaying = region, published, replaying
        self._stops = stops
        self._scenes: dict[int, Scene] = {}
        # A snapshot is of a day's first tick, at which every region is told.
        self._changed = self._told = replaying.scene

    def step(self, record: Record, changed: bool) -> None:
        """The region's part of one input that was applied."""
        offset = record.offset
        version = self._published.version_at(offset)
        if version is not None and version != self._replaying.method[0]:
            raise self._replaying.methods.other_version(version)
        scored = offset in self._published.scores
        if not (changed or scored or version is not None or offset in self._stops):
            return
        scene = self._replaying.scene
        mine = [each for each in scene.outputs if _about(each.headers, self._region)]
        self._published.compare_alerts(offset, mine)
        if scored:
            self._published.compare_score(offset, scene.score(self._region))
            self._told = scene
        if changed:
            self._changed = scene
        if offset in self._stops:
            self._scenes[offset] = scene

    def result(self) -> Rebuilt:
        """All of it."""
        told = self._told if self._told.offset >= self._changed.offset else self._changed
        return Rebuilt(self._region, self._replaying.scene, told, self._scenes, self._published.comparison)


def _about(headers: tuple[tuple[str, bytes], ...], region: str) -> bool:
    return ("ce_subject", region.encode()) in headers
