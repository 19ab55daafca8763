"""What is remembered of an alert: a slot per rule and region, an episode while it is open. Plain values."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from allywatch_schemas import AlertState, Severity, TransitionReason

PENDING, FIRING, ACKNOWLEDGED, RECOVERING, RESOLVED, CANCELLED = AlertState

LEGAL: dict[AlertState | None, frozenset[AlertState]] = {
    None: frozenset({PENDING, FIRING}),
    PENDING: frozenset({PENDING, FIRING, RESOLVED, CANCELLED}),
    FIRING: frozenset({FIRING, ACKNOWLEDGED, RECOVERING, RESOLVED, CANCELLED}),
    ACKNOWLEDGED: frozenset({ACKNOWLEDGED, FIRING, RECOVERING, RESOLVED, CANCELLED}),
    RECOVERING: frozenset({RECOVERING, FIRING, ACKNOWLEDGED, RESOLVED, CANCELLED}),
    RESOLVED: frozenset(),
    CANCELLED: frozenset(),
}
"""Which state may follow which. None: there is no episode, and a rule without `for` fires at once.

A state follows itself when what it stands on was revised; firing also when it is told anew, and recovering
when it is no longer heard.
"""

ENDS = frozenset({RESOLVED, CANCELLED})

MUTED_FOR_EVER = 1 << 53

MAX_OPENED = 8
"""Openings that a slot remembers: the most that `flapping.openings` may ask for."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One story of one alert, from opening to end. Times are milliseconds of the engine's clock."""

    number: int
    revision: int
    state: AlertState
    severity: Severity
    started: int
    held_since: int | None
    """Since when the condition holds; only while pending."""
    below_since: int | None = None
    """Since when the value is below `exit` and was heard to be, and has not come back to `enter`."""
    acknowledged: bool = False
    flapping: bool = False
    """It opened too soon after the last ones."""
    told: bool = False
    """People were told that it fires."""
    began: tuple[str, ...] = ()
    """Marks of the origins it stood on when it opened."""
    known: tuple[str, ...] = ()
    """Marks of the origins that people knew when they were last told, or acknowledged it."""
    roots: tuple[str, ...] = ()
    """Marks of the roots of those."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What is remembered of one rule for one region."""

    episode: Episode | None = None
    episodes: int = 0
    """How many there have been: the number of the last one."""
    armed: bool = True
    """False after a person ended it: the value must fall below `exit` before it may open again."""
    muted_until: int | None = None
    """Milliseconds; `MUTED_FOR_EVER` until somebody unmutes it."""
    opened: tuple[int, ...] = ()
    """When the last episodes began, milliseconds, earliest first; at most `MAX_OPENED`."""
    last_told: int | None = None
    """The value, in thousandths, when people were last told; an acknowledgement counts as told."""
    bar: int | None = None
    """Where a rule with a budget stands for this region, in millionths; None: not known yet."""

    @property
    def last_opened(self) -> int | None:
        """When the last episode began, milliseconds."""
        return self.opened[-1] if self.opened else None

    def muted(self, now: int) -> bool:
        """Whether people asked not to be told."""
        return self.muted_until is not None and now < self.muted_until


class Ground(NamedTuple):
    """One live origin that an alert stands on. Marks are short hashes."""

    mark: str
    """Of its name."""
    marks: tuple[str, ...]
    """What else it is known by: what an origin is called may change when more copies of it come."""
    root: str
    """Mark of whose word it is in the end."""
    points: int
    """Micro-points that it adds in the rule's direction; more than none."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule's value rests on."""

    grounds: tuple[Ground, ...] = ()
    total: int = 0
    """Micro-points of all evidence in the rule's direction, what is no longer kept one by one included."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule sees: its value, how severe it may be, what it rests on, whether calm may be believed."""

    value: int
    """In thousandths, turned so that more is nearer to an alert."""
    severity: Severity
    heard: bool = True
    """False: a feed is silent or the state is impaired. Nothing resolves then."""
    evidence: Callable[[], Evidence] = Evidence
    """Asked for only where it matters: most readings of an open alert change nothing."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one episode, to be published."""

    episode: Episode
    previous: AlertState | None
    reason: TransitionReason
    notify: bool
    """Whether to tell people."""
