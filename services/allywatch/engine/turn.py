"""One record's turn: what it changes, says and rejects, collected region by region."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from allywatch.alerts.rules import Rule
from allywatch.engine import publication
from allywatch.engine.method import Method, Places
from allywatch.engine.region import drop_leads, settle
from allywatch.engine.reviewing import Outcome
from allywatch.engine.state import (
    FEEDS_KEY,
    IMPAIRED_SINCE_UNKNOWN,
    PARTITION_KEY,
    FeedVolumes,
    PartitionState,
    RegionState,
    State,
    Withdrawals,
    coverage_of,
    withdrawn_key,
)
from allywatch.engine.view import Surroundings
from allywatch.errors import RejectReason, StopWorker
from allywatch.records import REDRIVEN, Effects, Output, Rejection
from allywatch.risk.baseline import Ends
from allywatch.risk.decay import Decay
from allywatch.risk.world import at_ends_of_days
from allywatch_schemas import Sequence
from allywatch_schemas.codec import Headers, header

Step = Callable[[RegionState, Surroundings], Outcome]
"""What happens to one region."""

Witness = Callable[[Surroundings, Outcome], None]
"""Sees what each step came to, in place of the log: a replay in process pays for no messages."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same for every record of a partition."""

    method: Method
    places: Places
    regions: frozenset[str]
    partition: int
    on_ticks_alone: bool = False
    """Evidence waits for the next tick to be reviewed: where time is known by the day."""
    witness: Witness | None = None
    _past: "_WorldsPast" = field(default_factory=lambda: _WorldsPast(), init=False)
    _groups: Mapping[str, tuple[str, ...]] = field(init=False)
    _rules: Mapping[str, tuple[Rule, ...]] = field(init=False)
    """By region: every record asks for them."""

    def __post_init__(self) -> None:
        """Select once."""
        groups = {region: self.places.groups_of(region) for region in self.regions}
        rules = {region: self.method.rules.of(region, within) for region, within in groups.items()}
        object.__setattr__(self, "_groups", groups)
        object.__setattr__(self, "_rules", rules)

    def around(self, region: str, shared: PartitionState) -> Surroundings:
        """A region's surroundings at the partition's clock."""
        return Surroundings(
            self.method,
            region,
            self._groups[region],
            shared.clock,
            coverage_of(region, shared),
            self._rules[region],
            self.on_ticks_alone,
            shared.feeds,
            shared.world,
            self._past.of(shared, self.method.decay),
        )

    def name(self, region: str) -> str:
        """For people."""
        return self.places.regions[region].name


class _WorldsPast:
    """The world's volume at the end of past days: worked out once for all regions that ask within a tick."""

    def __init__(self) -> None:
        self._totals: tuple[Mapping[int, int], Mapping[int, int]] = {}, {}
        self._known: dict[tuple[int, int], list[int]] = {}

    def of(self, shared: PartitionState, decay: Decay) -> Ends:
        """For a partition as it is now."""
        totals = shared.world_hours, shared.world_days
        if totals[0] is not self._totals[0] or totals[1] is not self._totals[1]:
            self._totals, self._known = totals, {}
        return partial(self._ends, totals, self._known, decay)

    @staticmethod
    def _ends(
        totals: tuple[Mapping[int, int], Mapping[int, int]],
        known: dict[tuple[int, int], list[int]],
        decay: Decay,
        start: int,
        end: int,
    ) -> list[int]:
        if (start, end) not in known:
            known[start, end] = at_ends_of_days(*totals, decay, start, end)
        return known[start, end]


def shared_of(states: Mapping[bytes, State]) -> PartitionState:
    """The partition's own state."""
    shared = states.get(PARTITION_KEY)
    return shared if isinstance(shared, PartitionState) else PartitionState()


@dataclass(slots=True)
class Turn:
    """Collects the effects of one record. It lives as long as one call of `apply`."""

    setting: Setting
    offset: int
    """Of the record in `region-inputs`."""
    headers: Headers
    states: Mapping[bytes, State]
    shared: PartitionState = field(init=False)
    _before: PartitionState = field(init=False)
    _changes: dict[bytes, State | None] = field(default_factory=dict)
    _outputs: list[Output] = field(default_factory=list)
    _rejections: list[Rejection] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start from the partition's state."""
        self.shared = self._before = shared_of(self.states)

    def region(self, region: str) -> RegionState:
        """A region as it is now; a new one if it was never touched."""
        key = region.encode()
        state = self._changes.get(key) or self.states.get(key)
        return state if isinstance(state, RegionState) else RegionState()

    def step(self, region: str, step: Step, actor: str | None = None, publish: bool = False) -> None:
        """Let one region take a step.

        Args:
            region: Which.
            step: What happens to it.
            actor: The person behind it, if any.
            publish: Its score is published even if its own state did not change.
        """
        with self._one_failing_region_fails_alone(region):
            before = self.region(region)
            around = self.setting.around(region, self.shared)
            outcome = step(settle(before, self.shared.clock), around)
            written = self._told(outcome, around, actor)
            after = drop_leads(outcome.state)
            self._outputs += written
            if publish or (after is not before and after != before):
                self._changes[region.encode()] = after

    def known(self, regions: Collection[str]) -> list[str]:
        """Those of `regions` that live here, in a stable order; the others are rejected, once each."""
        for region in sorted(set(regions) - self.setting.regions):
            detail = f"{region} is no region of partition {self.setting.partition}"
            self.reject(RejectReason.UNKNOWN_REGION, detail, region)
        return sorted(self.setting.regions.intersection(regions))

    @property
    def redriven(self) -> bool:
        """Whether the record was put back by hand."""
        return header(self.headers, REDRIVEN) is not None

    def missed(self) -> frozenset[str]:
        """Regions that may have missed a record which is now put back: none, unless it is."""
        if not self.redriven:
            return frozenset()
        return frozenset(each for each in self.setting.regions if self.region(each).impaired is not None)

    def reject(self, reason: RejectReason, detail: str, region: str | None = None) -> None:
        """Have the record, or one region's share of it, dead-lettered."""
        self._rejections.append(Rejection(reason, detail, region))

    def withdrawals(self, document: str) -> Withdrawals:
        """Where the withdrawal of a document is, or would be, remembered."""
        key = withdrawn_key(document)
        state = self._changes.get(key) or self.states.get(key)
        return state if isinstance(state, Withdrawals) else Withdrawals()

    def remember(self, document: str, withdrawals: Withdrawals) -> None:
        """Replace what `withdrawals` gave."""
        self._changes[withdrawn_key(document)] = withdrawals

    def feeds(self) -> FeedVolumes:
        """The profiles of the feeds."""
        state = self._changes.get(FEEDS_KEY) or self.states.get(FEEDS_KEY)
        return state if isinstance(state, FeedVolumes) else FeedVolumes()

    def keep_feeds(self, feeds: FeedVolumes) -> None:
        """Replace what `feeds` gave."""
        self._changes[FEEDS_KEY] = feeds

    def forget(self, key: bytes) -> None:
        """Drop a state."""
        self._changes[key] = None

    def effects(self) -> Effects[State]:
        """All of it. A record that changed nothing leaves no trace."""
        if self._changes or self.shared != self._before:
            self._changes[PARTITION_KEY] = replace(self.shared, offset=self.offset)
        return Effects(self._changes, self._outputs, self._rejections)

    def _told(self, outcome: Outcome, around: Surroundings, actor: str | None) -> list[Output]:
        if self.setting.witness is None:
            return [*self._alerts(outcome, around, actor)]
        self.setting.witness(around, outcome)
        return []

    def _alerts(self, outcome: Outcome, around: Surroundings, actor: str | None) -> Iterator[Output]:
        clock, view = self.shared.clock, outcome.view
        if clock is None or view is None:
            return
        sequence = Sequence(partition=self.setting.partition, offset=self.offset)
        name = self.setting.name(around.region)
        for change in outcome.changes:
            yield publication.alert_record(change, outcome.state, around, view, clock, name, sequence, actor)

    @contextmanager
    def _one_failing_region_fails_alone(self, region: str) -> Iterator[None]:
        try:
            yield
        except StopWorker:
            raise
        except Exception as failure:
            self.reject(RejectReason.PROCESSING_FAILED, f"{type(failure).__name__}: {failure}", region)
            since = IMPAIRED_SINCE_UNKNOWN if self.shared.clock is None else self.shared.clock
            self._changes[region.encode()] = replace(self.region(region), impaired=since)
