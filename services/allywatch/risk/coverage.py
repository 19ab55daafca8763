"""Whether we hear what we should: records by hour of the week, and how unlikely it is to hear so few.

A quiet feed is not a calm region. Each feed and each region has a *profile*: how many records the hours of
its week usually bring. The latest week is held against it, over the shortest window that can tell. An hour is
learnt only when the same hour of the week comes round again: no silence is held against itself.

All of it is in integers: expectations in thousandths of a record, hours counted from the Unix epoch in UTC.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import compress
from math import exp

from allywatch_schemas import Contribution, CoverageState

WEEK = 168
"""Hours."""
LEARNING_HOURS = 2 * WEEK
"""Before so much history nothing is said."""
MEMORY_WEEKS = 4
"""The latest week counts one part in so many, older ones ever less: a mean over about seven weeks."""
FORGETTING_WEEKS = 2
"""The same while all is silent: what ended for good is missed for two months, not for half a year."""
SURGE_WEEKS = 32
"""The same while a week brings half as much again as usual: when a crisis ends, its calm is no silence."""
MILLI = 1_000
WINDOWS = (6, 24, 72, WEEK)
"""Hours; the shortest that can tell is used."""
OVERDISPERSION = 4
"""News comes in bursts: the variance of its volume is taken as so many times its mean."""
BOUND = 1e-4
"""Less probable than this is no accident."""
NOT_LISTENED = 0
"""Of an hour in which the clock stood still: we were away, and nothing can be said about it."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Heard, per mille of what was expected: below `enter` it holds, and until `leave` is reached again."""

    enter: int
    leave: int


SILENT = Threshold(enter=200, leave=350)
DEGRADED = Threshold(enter=500, leave=650)

MOST, MUCH = 500, 200
"""Per mille of the usual records: with more than this lost nothing is known, or less than should be."""
NAMED, _NAME = 5, 40
"""Silent feeds that are named, and characters of a name."""
_ORDER = tuple(CoverageState)
COVERAGE = "coverage"
"""The origin that an alert about coverage cites."""

_TABLE = 64
"""Counts with a critical mean of their own. Above it, half of what was expected is always too few."""
_COUNTABLE = 1 << 30
"""Records of an hour, at most: what states have room for."""
_SURGE = 4
"""An hour teaches at most so many times what is usual, and as many records: a flood is not a habit."""


def _critical_means() -> tuple[int, ...]:
    """For each count the least mean, in thousandths, at which so few or fewer are less probable than `BOUND`.

    The lower tail of the Poisson distribution: the exact limit of Garwood, Biometrika 28 (1936), page 437.
    """
    return tuple(
        bisect_left(range(MILLI * 2 * _TABLE), True, key=lambda mean: _tail(count, mean / MILLI) < BOUND)
        for count in range(_TABLE)
    )


def _tail(count: int, mean: float) -> float:
    term = total = 1.0
    for each in range(1, count + 1):
        term *= mean / each
        total += term
    return exp(-mean) * total


_CRITICAL = _critical_means()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was last said about a feed or a region."""

    state: CoverageState = CoverageState.OK
    window: int = 0
    """Hours that it rests on; 0: too little is expected, or known, to tell."""
    expected: int = 0
    """Thousandths of a record, in that window."""
    heard: int = 0
    """Records."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """What all feeds together come to."""

    state: CoverageState = CoverageState.OK
    lost: int = 0
    """Of the records that usually come, per mille that come from silent feeds; 0 if that is not known."""
    silent: tuple[str, ...] = ()
    """The busiest of these feeds, at most `NAMED`."""


NOTHING_SAID = Hearing()
ALL_HEARD = Feeds()


@dataclass(frozen=True, slots=True)
class Volume:
    """How many records the hours of a week bring: usually, and last."""

    since: int
    """The first hour."""
    usual: tuple[int, ...] = (0,) * WEEK
    """Thousandths of a record in each hour of the week, from weeks before `latest`; to 1 in 1,000."""
    latest: tuple[int, ...] = (NOT_LISTENED,) * WEEK
    """One more than the records in the last of each of these hours, likewise; or `NOT_LISTENED`."""
    hearing: Hearing = NOTHING_SAID

    @property
    def rate(self) -> int:
        """Thousandths of a record that a week usually brings; that the latest did, if no more is known."""
        return sum(self.usual) or MILLI * _heard(self.latest)


def turn(volume: Volume, hour: int, heard: int, now: int) -> Volume:
    """The volume after an hour ended.

    Args:
        volume: Before.
        hour: The hour that ended.
        heard: Records in it.
        now: The hour that begins; in those between, the clock stood still.
    """
    numbers, told = (volume.usual, volume.latest), coarse(min(heard, _COUNTABLE) + 1)
    memory = _memory(volume)
    usual, latest = _note(volume.since, numbers, hour, told, memory)
    for skipped in range(hour + 1, min(now, hour + WEEK)):
        if latest[skipped % WEEK]:
            usual, latest = _note(volume.since, (usual, latest), skipped, NOT_LISTENED, memory)
    after = Volume(volume.since, usual, latest, volume.hearing)
    hearing = _judge(after, hour)
    return after if hearing == volume.hearing else replace(after, hearing=hearing)


def _memory(volume: Volume) -> int:
    """Down is learnt faster than up: to expect too little only means to notice a silence later."""
    if volume.hearing.state is CoverageState.SILENT:
        return FORGETTING_WEEKS
    expected = sum(compress(volume.usual, volume.latest))
    return SURGE_WEEKS if _heard(volume.latest) * MILLI * 2 > expected * 3 else MEMORY_WEEKS


Numbers = tuple[int, ...]


def _note(
    since: int, numbers: tuple[Numbers, Numbers], hour: int, told: int, memory: int
) -> tuple[Numbers, Numbers]:
    """Learn what this hour of the week brought last time, and put `told` in its place."""
    usual, latest = numbers
    slot = hour % WEEK
    if latest[slot]:
        known = max(1, (hour - since) // WEEK)
        weeks = min(memory, known) if known < MEMORY_WEEKS else memory
        usual = _put(usual, slot, coarse(_learn(usual[slot], latest[slot] - 1, weeks)))
    return usual, _put(latest, slot, told)


def _put(numbers: Numbers, slot: int, number: int) -> Numbers:
    if numbers[slot] == number:
        return numbers
    return numbers[:slot] + (number,) + numbers[slot + 1 :]  # noqa: RUF005  # twice as fast as unpacking


def _learn(usual: int, heard: int, weeks: int) -> int:
    """The mean of the first weeks; from then on exponentially weighted."""
    told = heard * MILLI
    if weeks > 1:
        told = min(told, _SURGE * (usual + MILLI))
    return usual + (told - usual) // weeks


def _judge(volume: Volume, hour: int) -> Hearing:
    """Silent or degraded, by the shortest windows ending with `hour` that can tell the one and the other."""
    if hour - volume.since < LEARNING_HOURS or not tells(sum(volume.usual), 0):
        return NOTHING_SAID
    before, silence = volume.hearing.state, None
    for window in WINDOWS:
        expected, heard = _within(volume, hour, window)
        if silence is None and tells(expected, 0):
            silence = Hearing(CoverageState.OK, window, expected, heard)
            if _holds(SILENT, before is CoverageState.SILENT, expected, heard):
                return replace(silence, state=CoverageState.SILENT)
        if tells(expected, expected * DEGRADED.enter // MILLI // MILLI):
            if _holds(DEGRADED, before is not CoverageState.OK, expected, heard):
                return Hearing(CoverageState.DEGRADED, window, expected, heard)
            break
    return silence or NOTHING_SAID


def _holds(threshold: Threshold, before: bool, expected: int, heard: int) -> bool:
    if before:
        return heard * MILLI * MILLI < expected * threshold.leave
    return heard * MILLI * MILLI < expected * threshold.enter and tells(expected, heard)


def tells(expected: int, heard: int) -> bool:
    """Whether hearing so few, where so many were expected (thousandths), is less probable than `BOUND`.

    Counts whose variance is so many times their mean are taken as a Poisson process of bursts of so many.
    """
    bursts = -(-heard // OVERDISPERSION)
    if bursts >= _TABLE:
        return heard * MILLI * MILLI <= expected * DEGRADED.enter
    return expected >= OVERDISPERSION * _CRITICAL[bursts]


def _within(volume: Volume, hour: int, window: int) -> tuple[int, int]:
    """Thousandths of a record expected, and records heard, in the hours listened to of a window."""
    end = hour % WEEK + 1
    start = end - window
    if start >= 0:
        latest, usual = volume.latest[start:end], volume.usual[start:end]
    else:
        latest, usual = volume.latest[start:] + volume.latest[:end], volume.usual[start:] + volume.usual[:end]
    return sum(compress(usual, latest)), _heard(latest)


def _heard(latest: tuple[int, ...]) -> int:
    return sum(latest) - len(latest) + latest.count(NOT_LISTENED)


def coarse(number: int) -> int:
    """The number rounded to 11 significant bits: all that two bytes can hold of it."""
    shift = max(0, number.bit_length() - 11)
    return (number + (1 << shift >> 1)) >> shift << shift


def together(rates: Mapping[str, int], states: Mapping[str, CoverageState]) -> Feeds:
    """How well we hear, of all feeds together: each matters as much as it usually brings.

    Args:
        rates: By feed, what it usually brings.
        states: By feed, what is said about it. A feed that never brought anything speaks for all: who reports
            it knows why.
    """
    total = sum(rates.values())
    silent = {feed for feed, state in states.items() if state is CoverageState.SILENT}
    weak = {feed for feed, state in states.items() if state is not CoverageState.OK}
    lost, less = (sum(rates.get(feed, 0) for feed in some) for some in (silent, weak))
    share = (lost * MILLI + total // 2) // total if total else 0
    said = [state for feed, state in states.items() if feed not in rates]
    if share > MOST:
        said.append(CoverageState.SILENT)
    elif share > MUCH or (total and less * MILLI // total > MOST):
        said.append(CoverageState.DEGRADED)
    busiest = sorted(silent, key=lambda feed: (-rates.get(feed, 0), feed))
    return Feeds(worst(said), share, tuple(busiest[:NAMED]))


def worst(states: Iterable[CoverageState]) -> CoverageState:
    """The worst of them; none: all is heard."""
    return max(states, key=_ORDER.index, default=CoverageState.OK)


def told_of(volume: Hearing, feeds: Feeds) -> str:
    """Why a region is not heard, in words; empty: no feed and no count says so.

    Args:
        volume: Of the region itself.
        feeds: Of all that concern it.
    """
    parts = []
    if volume.state is not CoverageState.OK:
        window = f"{volume.window} h" if volume.window <= 24 else f"{volume.window // 24} days"
        parts.append(
            f"Expected about {round(volume.expected / MILLI)} records in {window}, heard {volume.heard}."
        )
    if feeds.silent:
        names = ", ".join(feed[:_NAME] for feed in feeds.silent)
        parts.append(f"Silent: {names}, {feeds.lost // 10} % of what usually comes.")
    return " ".join(parts)


def coverage_contribution(volume: Hearing, feeds: Feeds, *, heard: bool) -> Contribution:
    """What an alert about coverage cites: no points, and in words what is missing, or that nothing is."""
    missing = told_of(volume, feeds) or "Some of the news is missing here, or is reported as not heard."
    title = "What usually comes is heard." if heard else missing
    return Contribution(origin=COVERAGE, points=0, documents=volume.heard, title=title)
