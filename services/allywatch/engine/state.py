"""What one partition remembers: a state per region, one for the partition, and withdrawn documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from allywatch.alerts.episode import Slot
from allywatch.risk.baseline import Baseline, Closed
from allywatch.risk.coverage import ALL_HEARD, Feeds, Volume, worst
from allywatch.risk.ledger import Ledger, Origin
from allywatch.risk.weighing import HOUR_MS
from allywatch_schemas import CoverageState

PARTITION_KEY = b"\0partition"
WITHDRAWN_PREFIX = b"\0withdrawn-"
FEEDS_KEY = b"\0feeds"

DAY_MS = 24 * HOUR_MS

NOTHING_CLOSED = Closed()

NO_BASELINE = Baseline(day=-1, mean=0, spread=0, days=0)

IMPAIRED_SINCE_UNKNOWN = -1
"""A recovered state does not know the clock; the next record that touches it fills it in."""


@dataclass(frozen=True, slots=True)
class RegionState:
    """One region. Times are milliseconds of the engine's clock, hours and days counted from the epoch."""

    ledger: Ledger = field(default_factory=Ledger)
    closed: Closed = NOTHING_CLOSED
    """What each day that is over came to."""
    baseline: Baseline = NO_BASELINE
    born: int | None = None
    """The clock's day on which watching began."""
    hour: int | None = None
    """The clock's hour at the last review."""
    trail: Mapping[int, int] = field(default_factory=dict)
    """Score in tenths as each of the last hours began."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    """By rule; only those that hold something."""
    leads: Mapping[str, tuple[str, Origin]] = field(default_factory=dict)
    """The strongest origin when each open episode began, for the day when nothing else is left."""
    commands: Mapping[str, int] = field(default_factory=dict)
    """Keys of the last commands carried out, with the hour."""
    impaired: int | None = None
    """Since when a share of the news is missing here: applying it failed, or the state was lost."""
    episode_floor: int = 0
    """Numbers of episodes start above it, so that a lost state cannot give an old number again."""
    taken: int = 0
    """Documents taken up since the clock's hour began."""
    volume: Volume | None = None
    """How many of them its hours usually bring; none until the first came."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The last word on one feed."""

    state: CoverageState
    regions: tuple[str, ...]
    """Whom it concerns; empty: every region."""
    until: int
    """End of the window it speaks of, milliseconds."""
    weighs: bool = True
    """Whether it counts even where the feed never brought anything: it says how much was expected."""


SourceKey = tuple[str, str, int]
"""Topic, topic id and partition of a source record."""


@dataclass(frozen=True, slots=True)
class PartitionState:
    """What all regions of a partition share."""

    clock: int | None = None
    """The highest Tick, milliseconds."""
    offset: int | None = None
    """The last record that changed something."""
    watermarks: Mapping[SourceKey, int] = field(default_factory=dict)
    """The next offset to take up of each source partition."""
    counted: Mapping[SourceKey, int] = field(default_factory=dict)
    """Source records taken up so far."""
    world_hours: Mapping[int, int] = field(default_factory=dict)
    """Records in all the world's news by hour of event time, for shares."""
    world_days: Mapping[int, int] = field(default_factory=dict)
    """Thousandths of a record by day, as they stood faded at the end of that day."""
    world: int = 0
    """What that came to when the clock's hour began: it stays so for the hour, whatever comes."""
    coverage: Mapping[str, Heard] = field(default_factory=dict)
    """By feed."""
    brought: Mapping[str, int] = field(default_factory=dict)
    """Records by feed since the clock's hour began."""
    feeds: Feeds = ALL_HEARD
    """What all feeds come to, for every region."""
    method: tuple[str, str] | None = None
    """Version and digest of the last MethodActivated."""

    @property
    def hour(self) -> int | None:
        """The clock's hour."""
        return None if self.clock is None else self.clock // HOUR_MS


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """Documents of which some or all versions no longer count, those whose key starts with one character."""

    documents: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Key → (lowest version that counts, or `NONE_COUNTS`; hour it was said, 0 before the clock started)."""


NONE_COUNTS = 0


@dataclass(frozen=True, slots=True)
class FeedVolumes:
    """The profile of each feed: apart from what else the partition shares, as it changes once an hour."""

    volumes: Mapping[str, Volume] = field(default_factory=dict)


State = RegionState | PartitionState | Withdrawals | FeedVolumes


def withdrawn_key(document: str) -> bytes:
    """Under which state a withdrawal is remembered: 64 small ones, so that one retraction rewrites little."""
    return WITHDRAWN_PREFIX + document[:1].encode()


def coverage_of(region: str, shared: PartitionState) -> CoverageState:
    """How well a region is heard, as far as feeds go: the worst of all together and of word that names it."""
    named = [heard.state for heard in shared.coverage.values() if region in heard.regions]
    return worst([shared.feeds.state, *named]) if named else shared.feeds.state
