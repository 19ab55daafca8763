"""How a region's ledger changes: evidence comes in, is withdrawn, is folded into sums, and grows old."""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Mapping

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import (
    DAYS,
    HOURS,
    MAX_ORIGINS,
    Copy,
    Entry,
    Ledger,
    Origin,
    Sums,
    faded,
    marks_of,
)
from allywatch.risk.merging import merged, of_copy

MAX_FOLDED = 450
"""Keys and marks of folded documents that are remembered, so that they do not count twice."""
_FOLDED_SLACK = 250
"""So many more are let in before the oldest are forgotten: sorting them all is dear."""
MARKS_FOLDED = 4
"""Marks by which copies of a document are still known when it is in the sums."""
FADED = 1_000
"""Micro-points below which an origin is folded."""


class Draft:
    """A working copy of a ledger; `done` gives the new one, or the same if nothing changed."""

    def __init__(self, ledger: Ledger, decay: Decay, hour: int | None) -> None:
        """Start from `ledger` at clock hour `hour` (None: the clock has not started)."""
        self._ledger, self._decay, self._hour = ledger, decay, hour
        self.origins = dict(ledger.origins)
        self._sums: dict[str, Sums] = {}
        self._memory = ledger.folded
        self._folded: dict[str, int] | None = None
        self._index = ledger.index
        self._own_index: dict[str, str] | None = None
        ranked_at, ranks = ledger.ranks or (None, ())
        self._ranks = list(ranks) if ranks and ranked_at == hour else None
        self.inexact, self.first_day = ledger.inexact, ledger.first_day
        self.changed = False

    def knows(self, key: str, version: int, marks: tuple[str, ...]) -> bool:
        """Whether this version of a document, or an origin that was folded, is counted already."""
        if (name := self._index.get(key)) is not None:
            return all(copy.key != key or copy.version >= version for copy in self.origins[name].copies)
        memory = self._memory
        if key in memory:
            return True
        return not memory.keys().isdisjoint(marks) and self._index.keys().isdisjoint(marks)

    def crowded_out(
        self, key: str, fingerprint: str, marks: tuple[str, ...], entries: tuple[Entry, ...]
    ) -> bool:
        """Whether a document that is not known is weaker than `MAX_ORIGINS` origins, and no copy of any."""
        if len(self.origins) < MAX_ORIGINS:
            return False
        ranks = self._ranks or self._ranking()
        rank = self._weight(entries), fingerprint
        return rank < ranks[-MAX_ORIGINS] and key not in self._index and self._index.keys().isdisjoint(marks)

    def put(self, fingerprint: str, copy: Copy, marks: tuple[str, ...] = ()) -> None:
        """Count a copy that is not known; a lower version of it is replaced.

        Args:
            fingerprint: Of its text.
            copy: What it says.
            marks: By which it is a copy of others, as by `marks_of`; none: that of the fingerprint.
        """
        if copy.key in self._index:
            self._remove(copy.key)
        name, origin = fingerprint, of_copy(copy, marks or marks_of(fingerprint))
        for each in self._copied(fingerprint, origin.marks):
            name, origin = merged(name, origin, each, self._drop(each))
        self._add_origin(name, origin)
        self.changed = True

    def fold(self, key: str, marks: tuple[str, ...], entries: tuple[Entry, ...]) -> None:
        """Count a document that is not known, and was crowded out, in the sums."""
        self._remember(self._fold_entries(entries), (key, *marks[:MARKS_FOLDED]))

    def backfill(self, key: str, marks: tuple[str, ...], entries: tuple[Entry, ...]) -> None:
        """Count a document that is not known as history: it moves the baseline, never the pressure."""
        history = self._writable("history")
        for track, hour, points in entries:
            day = hour // 24
            self._add(history[track], day, self._decay.points(track, points, 24 * (day + 1) - hour))
            self.first_day = day if self.first_day is None else min(day, self.first_day)
            self._remember(hour, (key, *marks[:MARKS_FOLDED]))
        self.changed = True

    def withdraw(self, key: str, below: int | None = None) -> bool:
        """Take a document back: every version, or those lower than `below`. Whether that took points away.

        What it showed to be copies of one text stays one origin.
        """
        if key in self._index:
            return self._remove(key, below)
        if key in self._memory:
            self.inexact += 1
            self.changed = True
        return False

    def fold_excess(self) -> None:
        """Keep the strongest `MAX_ORIGINS`; the others go into the sums."""
        if (excess := len(self.origins) - MAX_ORIGINS) > 0:
            for _, name in self._ranking()[:excess]:
                self._fold(name)

    def fold_faded(self) -> None:
        """Origins that weigh next to nothing go into the sums."""
        for strength, name in list(self._ranking()):
            if strength < FADED:
                self._fold(name)

    def roll(self) -> None:
        """Hours that the clock left behind become days; days and memories past their time are dropped."""
        if self._hour is None:
            return
        oldest_hour, today = self._hour - HOURS, self._hour // 24
        for track in range(3):
            if min(self._ledger.hours[track], default=self._hour) <= oldest_hour:
                self._roll_hours(track, oldest_hour)
            felt = min(DAYS, self._decay.days(track))
            for name, oldest_day in (("days", today - felt), ("history", today - DAYS)):
                if min(getattr(self._ledger, name)[track], default=oldest_day) < oldest_day:
                    sums = self._writable(name)
                    for day in [day for day in sums[track] if day < oldest_day]:
                        del sums[track][day]

    def done(self) -> Ledger:
        """The ledger after all changes."""
        if not self.changed:
            return self._ledger
        folded = self._memory
        if len(folded) > MAX_FOLDED + _FOLDED_SLACK:
            folded = newest(folded, MAX_FOLDED)
        return Ledger(
            self.origins,
            self._sums.get("hours", self._ledger.hours),
            self._sums.get("days", self._ledger.days),
            self._sums.get("history", self._ledger.history),
            folded,
            self.inexact,
            self.first_day,
            self._index,
            None if self._ranks is None else (self._hour, tuple(self._ranks)),
            self._past(),
        )

    def _past(self) -> tuple[Decay, int, tuple[int, int, int]] | None:
        """What the days come to, worked out once for all steps within an hour."""
        if self._hour is None:
            return None
        decay, hour, days = self._decay, self._hour, self._sums.get("days")
        return decay, hour, self._ledger.of_days(decay, hour) if days is None else decay.of_days(days, hour)

    def _copied(self, fingerprint: str, marks: tuple[str, ...]) -> list[str]:
        """Origins of which a document is a copy; the mark of its very text may have found no room."""
        index = self._index
        if index.keys().isdisjoint(marks) and fingerprint not in self.origins:
            return []
        found = {index[mark] for mark in marks if mark in index}
        return sorted(found | ({fingerprint} & self.origins.keys()))

    def _ranking(self) -> list[tuple[int, str]]:
        """Origins by what they weigh now, weakest first."""
        if self._ranks is None:
            self._ranks = sorted((self._strength(origin), name) for name, origin in self.origins.items())
        return self._ranks

    def _strength(self, origin: Origin) -> int:
        return self._weight(origin.copies[0].entries)

    def _weight(self, entries: tuple[Entry, ...]) -> int:
        """What entries weigh now, in either direction."""
        if len(entries) == 1:
            track, at, points = entries[0]
            return abs(points if self._hour is None else self._decay.points(track, points, self._hour - at))
        words, acts, calm = faded(entries, self._decay, self._hour)
        return abs(words) + abs(acts) + abs(calm)

    def _add_origin(self, name: str, origin: Origin) -> None:
        self.origins[name] = origin
        if self._ranks is not None:
            insort(self._ranks, (self._strength(origin), name))
        self._writable_index().update(dict.fromkeys(_keys(origin), name))

    def _drop(self, name: str) -> Origin:
        origin = self.origins.pop(name)
        if self._ranks is not None:
            del self._ranks[bisect_left(self._ranks, (self._strength(origin), name))]
        index = self._writable_index()
        for key in _keys(origin):
            del index[key]
        return origin

    def _remove(self, key: str, below: int | None = None) -> bool:
        name = self._index[key]
        origin = self.origins[name]
        copies = tuple(c for c in origin.copies if c.key != key or (below is not None and c.version >= below))
        further = tuple(each for each in origin.further if each != key)
        if len(copies) + len(further) == origin.documents:
            return False
        self._drop(name)
        if copies:
            self._add_origin(name, Origin(copies, further, origin.since, origin.marks))
        else:
            self.inexact += bool(further)
        self.changed = True
        return copies[:1] != origin.copies[:1]

    def _fold(self, name: str) -> None:
        origin = self._drop(name)
        self._remember(self._fold_entries(origin.lead.entries), _keys(origin))

    def _fold_entries(self, entries: tuple[Entry, ...]) -> int:
        """Add to the sums; the latest hour among them."""
        hours, latest = self._sums.get("hours") or self._writable("hours"), 0
        oldest = None if self._hour is None else self._hour - HOURS
        for track, hour, points in entries:
            if hour > latest:
                latest = hour
            if oldest is None or hour > oldest:
                self._add(hours[track], hour, points)
            else:
                self._add_to_day(track, hour, points)
        return latest

    def _roll_hours(self, track: int, oldest: int) -> None:
        hours = self._writable("hours")[track]
        for hour in [hour for hour in hours if hour <= oldest]:
            self._add_to_day(track, hour, hours.pop(hour))

    def _add_to_day(self, track: int, hour: int, points: int) -> None:
        day = hour // 24
        end_of_day = self._decay.points(track, points, 24 * (day + 1) - hour)
        self._add(self._writable("days")[track], day, end_of_day)

    @staticmethod
    def _add(sums: dict[int, int], at: int, points: int) -> None:
        if total := sums.get(at, 0) + points:
            sums[at] = total
        else:
            sums.pop(at, None)

    def _writable(self, name: str) -> Sums:
        sums = self._sums.get(name)
        if sums is None:
            words, acts, calm = getattr(self._ledger, name)
            sums = self._sums[name] = (dict(words), dict(acts), dict(calm))
            self.changed = True
        return sums

    def _writable_index(self) -> dict[str, str]:
        if self._own_index is None:
            self._index = self._own_index = dict(self._index)
        return self._own_index

    def _remember(self, hour: int, keys: Iterable[str]) -> None:
        folded = self._folded
        if folded is None:
            self._memory = folded = self._folded = dict(self._memory)
            self.changed = True
        get = folded.get
        for key in keys:
            if get(key, hour) <= hour:
                folded[key] = hour


def _keys(origin: Origin) -> tuple[str, ...]:
    """All that the index knows of an origin: its documents and its marks."""
    return (*(copy.key for copy in origin.copies), *origin.further, *origin.marks)


def newest(folded: Mapping[str, int], count: int) -> dict[str, int]:
    """Those of the latest hours, at most `count`; of a single hour that is too full, the first by key."""
    room, oldest = count, max(folded.values()) + 1
    for hour, keys in sorted(Counter(folded.values()).items(), reverse=True):
        if (room := room - keys) < 0:
            break
        oldest = hour
    kept = {key: hour for key, hour in folded.items() if hour >= oldest}
    if kept:
        return kept
    return dict.fromkeys(
        sorted(key for key, hour in folded.items() if hour == oldest - 1)[:count], oldest - 1
    )
