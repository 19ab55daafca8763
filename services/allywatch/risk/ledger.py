"""What a region knows: its strongest origins one by one, everything else as sums by hour and day.

An *origin* is one text, whoever carries it: all copies count once, as the strongest of them. All points are
integers, so the order of evidence does not matter. Hours and days are counted from the Unix epoch in UTC.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from allywatch.risk.decay import Decay

HOURS = 48
"""Sums by hour reach back so far; older ones are kept by day."""
DAYS = 400
"""Sums by day reach back so far; older evidence counts nothing."""
MAX_ORIGINS = 16
"""Origins kept one by one. With everything else at its bound, a state stays below 40 KB."""
MAX_COPIES = 3
"""Copies of one origin kept in full, strongest first."""
MAX_FURTHER = 8
"""Further copies of an origin of which only the key is kept."""

Entry = tuple[int, int, int]
"""(track, hour of event time, micro-points): what one document adds there."""

Sums = tuple[dict[int, int], dict[int, int], dict[int, int]]
"""Micro-points by hour or day, one mapping per track."""


def short_key(identity: str) -> str:
    """Eight characters (48 bits) for an id of any length: what states remember documents by."""
    return urlsafe_b64encode(blake2b(identity.encode(), digest_size=6).digest()).decode()


def no_sums() -> Sums:
    """Nothing yet, for each track."""
    return ({}, {}, {})


@dataclass(frozen=True, slots=True)
class Copy:
    """What one version of one document says about the region, with its best reason in words."""

    key: str
    """Short hash of the document's id."""
    version: int
    entries: tuple[Entry, ...]
    certainty: int = 0
    """Of the best reason, per mille: modality × probability × weight of the source."""
    track: int = 0
    published: int = 0
    """Seconds since the epoch."""
    source_id: str = ""
    source_name: str = ""
    url: str = ""
    title: str = ""
    quote: str = ""
    evidence_id: str = ""
    kind: str = ""
    mechanism: str = ""
    root: str = ""
    modality: str = ""
    exercise: bool = False
    clamped: bool = False
    """It was dated in the future, and counted as of the clock."""
    weight: int = field(init=False, compare=False)
    """Micro-points it moves in either direction."""
    raises: bool = field(init=False, compare=False)
    """Whether it raises the risk on the whole."""

    def __post_init__(self) -> None:
        """Work out once what is asked for often."""
        points = [points for _, _, points in self.entries]
        object.__setattr__(self, "weight", sum(map(abs, points)))
        object.__setattr__(self, "raises", sum(points) > 0)

    @property
    def rank(self) -> tuple[int, str]:
        """Strongest first, then by key: the same order whichever came first."""
        return -self.weight, self.key

    def now(self, decay: Decay, hour: int | None) -> tuple[int, int, int]:
        """Micro-points by track at `hour`; None: nothing has faded yet."""
        out = [0, 0, 0]
        for track, at, points in self.entries:
            out[track] += points if hour is None else decay.points(track, points, hour - at)
        return out[0], out[1], out[2]


@dataclass(frozen=True, slots=True)
class Origin:
    """All copies of one text."""

    copies: tuple[Copy, ...]
    further: tuple[str, ...] = ()

    @property
    def lead(self) -> Copy:
        """The copy that counts."""
        return self.copies[0]

    @property
    def documents(self) -> int:
        """How many copies are known; the count stops at `MAX_COPIES + MAX_FURTHER`."""
        return len(self.copies) + len(self.further)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The evidence of a region. Change it through `allywatch.risk.draft.Draft`."""

    origins: Mapping[str, Origin] = field(default_factory=dict)
    """By fingerprint."""
    hours: Sums = field(default_factory=no_sums)
    days: Sums = field(default_factory=no_sums)
    """Each day's sum as it stood, faded, at the end of that day."""
    history: Sums = field(default_factory=no_sums)
    """The same of backfill: for the baseline alone, never part of the pressure."""
    folded: Mapping[str, int] = field(default_factory=dict)
    """Keys of documents and origins that are in the sums, and the hour they belong to."""
    inexact: int = 0
    """Documents withdrawn after they were folded: their points could not be taken back."""
    first_day: int | None = None
    """Where backfilled history begins."""
