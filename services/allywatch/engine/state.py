"""What one partition remembers: a state per region, one for the partition, and withdrawn documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from allywatch.alerts.episode import Slot
from allywatch.risk.ledger import Ledger, Origin
from allywatch.risk.pressure import Baseline
from allywatch.risk.weighing import HOUR_MS
from allywatch_schemas import CoverageState

PARTITION_KEY = b"\0partition"
WITHDRAWN_PREFIX = b"\0withdrawn-"

DAY_MS = 24 * HOUR_MS

NO_BASELINE = Baseline(day=-1, mean=0, spread=0, days=0)

IMPAIRED_SINCE_UNKNOWN = -1
"""A recovered state does not know the clock; the next record that touches it fills it in."""


@dataclass(frozen=True, slots=True)
class RegionState:
    """One region. Times are milliseconds of the engine's clock, hours and days counted from the epoch."""

    ledger: Ledger = field(default_factory=Ledger)
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


@dataclass(frozen=True, slots=True)
class Heard:
    """The last word on one feed."""

    state: CoverageState
    regions: tuple[str, ...]
    """Whom it concerns; empty: every region."""
    until: int
    """End of the window it speaks of, milliseconds."""


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
    coverage: Mapping[str, Heard] = field(default_factory=dict)
    """By feed."""
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

State = RegionState | PartitionState | Withdrawals


def withdrawn_key(document: str) -> bytes:
    """Under which state a withdrawal is remembered: 64 small ones, so that one retraction rewrites little."""
    return WITHDRAWN_PREFIX + document[:1].encode()


def coverage_of(region: str, coverage: Mapping[str, Heard]) -> CoverageState:
    """The worst of the feeds that concern a region."""
    states = {heard.state for heard in coverage.values() if not heard.regions or region in heard.regions}
    for worst in (CoverageState.SILENT, CoverageState.DEGRADED):
        if worst in states:
            return worst
    return CoverageState.OK
