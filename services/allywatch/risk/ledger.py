"""What a region knows: its strongest origins one by one, everything else as sums by hour and day.

An *origin* is one text, whoever carries it: all copies count once, as the strongest of them. Documents are
copies of each other if they share a *mark*: the fingerprint of their words, or a near key, which survives
small edits. What shares a mark with both of two origins makes them one. All points are integers, so the
order of evidence does not matter. Hours and days are counted from the Unix epoch in UTC.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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
MAX_MARKS = 24
"""Marks that an origin is known by; those of later copies are not added."""
KEY_LENGTH = 8
"""Characters of every key and mark in a state."""
_OWN_LENGTH = frozenset({KEY_LENGTH})

Entry = tuple[int, int, int]
"""(track, hour of event time, micro-points): what one document adds there."""

Sums = tuple[dict[int, int], dict[int, int], dict[int, int]]
"""Micro-points by hour or day, one mapping per track."""


def short_key(identity: str) -> str:
    """Eight characters (48 bits) for an id of any length: what states remember documents by."""
    return urlsafe_b64encode(blake2b(identity.encode(), digest_size=6).digest()).decode()


@lru_cache(maxsize=4_096)
def mark_of(fingerprint: str) -> str:
    """The mark that copies of exactly one text share."""
    return short_key(f"origin {fingerprint}")


def marks_of(fingerprint: str, near: tuple[str, ...] = ()) -> tuple[str, ...]:
    """All marks of a document, the surest first: its near keys, and that of its fingerprint."""
    if not _OWN_LENGTH.issuperset(map(len, near)):
        near = tuple([key if len(key) == KEY_LENGTH else short_key(key) for key in near])
    return (*near, mark_of(fingerprint))


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
    """That its best reason was read right and is right, per mille: probability × weight of the source."""
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
    voice: str = ""
    """Whose word it is in the end: the agency that is cited, the publisher's family, or the source."""
    exercise: bool = False
    clamped: bool = False
    """It was dated in the future, and counted as of the clock."""
    weight: int = field(init=False, compare=False)
    """Micro-points it moves in either direction."""
    raises: bool = field(init=False, compare=False)
    """Whether it raises the risk on the whole."""

    def __post_init__(self) -> None:
        """Work out once what is asked for often."""
        weight = total = 0
        for _, _, points in self.entries:
            weight += abs(points)
            total += points
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "raises", total > 0)

    @property
    def rank(self) -> tuple[int, str]:
        """Strongest first, then by key: the same order whichever came first."""
        return -self.weight, self.key

    def now(self, decay: Decay, hour: int | None) -> tuple[int, int, int]:
        """Micro-points by track at `hour`; None: nothing has faded yet."""
        return faded(self.entries, decay, hour)


def faded(entries: tuple[Entry, ...], decay: Decay, hour: int | None) -> tuple[int, int, int]:
    """Micro-points by track at `hour`; None: nothing has faded yet."""
    out = [0, 0, 0]
    for track, at, points in entries:
        out[track] += points if hour is None else decay.points(track, points, hour - at)
    return out[0], out[1], out[2]


@dataclass(frozen=True, slots=True)
class Origin:
    """All copies of one text. Its name is the fingerprint of the copy that was published first."""

    copies: tuple[Copy, ...]
    further: tuple[str, ...] = ()
    since: int = 0
    """When the first copy was published, seconds since the epoch."""
    marks: tuple[str, ...] = ()
    """Of all its copies, in order; at most `MAX_MARKS`."""

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
    """By name: the fingerprint of the first copy."""
    hours: Sums = field(default_factory=no_sums)
    days: Sums = field(default_factory=no_sums)
    """Each day's sum as it stood, faded, at the end of that day."""
    history: Sums = field(default_factory=no_sums)
    """The same of backfill: for the baseline alone, never part of the pressure."""
    folded: Mapping[str, int] = field(default_factory=dict)
    """Keys and marks of documents that are in the sums, and the hour they belong to."""
    inexact: int = 0
    """Documents withdrawn after they were folded: their points could not be taken back."""
    first_day: int | None = None
    """Where backfilled history begins."""
    index: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Key of a document or mark → name of its origin. Worked out from the origins unless it is given."""
    ranks: tuple[int | None, tuple[tuple[int, str], ...]] | None = field(
        default=None, compare=False, repr=False
    )
    """What the origins weighed at an hour, weakest first, where a draft needed to know it."""
    past: tuple[Decay, int, tuple[int, int, int]] | None = field(default=None, compare=False, repr=False)
    """What `days` come to, faded so, at an hour: they seldom change, and are long to add up."""

    def of_days(self, decay: Decay, hour: int) -> tuple[int, int, int]:
        """Micro-points by track of the days at `hour`."""
        known = self.past
        if known is not None and known[0] is decay and known[1] == hour:
            return known[2]
        return decay.of_days(self.days, hour)

    def __post_init__(self) -> None:
        """Work out the index of a ledger that was read from bytes."""
        if not self.index and self.origins:
            object.__setattr__(self, "index", index_of(self.origins))

    def current(self, name: str) -> str | None:
        """What the origin that went by `name` is called now: an earlier copy, or a merger, renames it."""
        return name if name in self.origins else self.index.get(mark_of(name))


def index_of(origins: Mapping[str, Origin]) -> dict[str, str]:
    """Key of a document or mark → name of its origin."""
    return {
        key: name
        for name, origin in origins.items()
        for key in (*(copy.key for copy in origin.copies), *origin.further, *origin.marks)
    }
