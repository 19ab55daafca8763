"""How a region's ledger changes: evidence comes in, is withdrawn, is folded into sums, and grows old."""

from collections.abc import Mapping
from functools import lru_cache

from allywatch.risk.decay import Decay
from allywatch.risk.ledger import (
    DAYS,
    HOURS,
    MAX_COPIES,
    MAX_FURTHER,
    MAX_ORIGINS,
    Copy,
    Ledger,
    Origin,
    Sums,
    short_key,
)

MAX_FOLDED = 750
"""Folded documents and origins that are remembered, so that they do not count twice."""
_FOLDED_SLACK = 50
"""So many more are let in before the oldest are forgotten: sorting them all is dear."""
FADED = 1_000
"""Micro-points below which an origin is folded."""


class Draft:
    """A working copy of a ledger; `done` gives the new one, or the same if nothing changed."""

    def __init__(self, ledger: Ledger, decay: Decay, hour: int | None) -> None:
        """Start from `ledger` at clock hour `hour` (None: the clock has not started)."""
        self._ledger, self._decay, self._hour = ledger, decay, hour
        self.origins = dict(ledger.origins)
        self._sums: dict[str, Sums] = {}
        self._folded: dict[str, int] | None = None
        self.inexact, self.first_day = ledger.inexact, ledger.first_day
        self._where = {
            key: fingerprint
            for fingerprint, origin in ledger.origins.items()
            for key in (*(copy.key for copy in origin.copies), *origin.further)
        }
        self.changed = False

    def knows(self, key: str, version: int, fingerprint: str) -> bool:
        """Whether this version of a document, or an origin that was folded, is counted already."""
        if (at := self._where.get(key)) is not None:
            return all(copy.key != key or copy.version >= version for copy in self.origins[at].copies)
        return key in self._memory or (
            fingerprint not in self.origins and _origin_key(fingerprint) in self._memory
        )

    def put(self, fingerprint: str, copy: Copy) -> None:
        """Count a copy that is not known; a lower version of it is replaced."""
        if copy.key in self._where:
            self._remove(copy.key)
        origin = self.origins.get(fingerprint)
        self.origins[fingerprint] = Origin((copy,)) if origin is None else _with(origin, copy)
        self._where[copy.key] = fingerprint
        self.changed = True

    def backfill(self, fingerprint: str, copy: Copy) -> None:
        """Count a copy as history: it moves the baseline, never the pressure."""
        history = self._writable("history")
        for track, hour, points in copy.entries:
            day = hour // 24
            self._add(history[track], day, self._decay.points(track, points, 24 * (day + 1) - hour))
            self.first_day = day if self.first_day is None else min(day, self.first_day)
            self._remember(hour, copy.key, _origin_key(fingerprint))
        self.changed = True

    def withdraw(self, key: str, below: int | None = None) -> bool:
        """Take a document back: every version, or those lower than `below`. Whether that took points away."""
        if key in self._where:
            return self._remove(key, below)
        if key in self._memory:
            self.inexact += 1
            self.changed = True
        return False

    def fold_excess(self) -> None:
        """Keep the strongest `MAX_ORIGINS`; the others go into the sums."""
        if (excess := len(self.origins) - MAX_ORIGINS) > 0:
            for _, fingerprint in sorted(self._strengths())[:excess]:
                self._fold(fingerprint)

    def fold_faded(self) -> None:
        """Origins that weigh next to nothing go into the sums."""
        for strength, fingerprint in self._strengths():
            if strength < FADED:
                self._fold(fingerprint)

    def roll(self) -> None:
        """Hours that the clock left behind become days; days and memories past their time are dropped."""
        if self._hour is None:
            return
        oldest_hour, oldest_day = self._hour - HOURS, self._hour // 24 - DAYS
        for track in range(3):
            if any(hour <= oldest_hour for hour in self._ledger.hours[track]):
                self._roll_hours(track, oldest_hour)
            for name in ("days", "history"):
                if any(day < oldest_day for day in getattr(self._ledger, name)[track]):
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
        )

    @property
    def _memory(self) -> Mapping[str, int]:
        return self._ledger.folded if self._folded is None else self._folded

    def _strengths(self) -> list[tuple[int, str]]:
        return [
            (sum(abs(points) for points in origin.lead.now(self._decay, self._hour)), fingerprint)
            for fingerprint, origin in self.origins.items()
        ]

    def _remove(self, key: str, below: int | None = None) -> bool:
        fingerprint = self._where[key]
        origin = self.origins[fingerprint]
        copies = tuple(c for c in origin.copies if c.key != key or (below is not None and c.version >= below))
        further = tuple(each for each in origin.further if each != key)
        if len(copies) + len(further) == origin.documents:
            return False
        del self._where[key]
        self.changed = True
        if copies:
            self.origins[fingerprint] = Origin(copies, further)
        else:
            del self.origins[fingerprint]
            self.inexact += bool(further)
            for each in further:
                del self._where[each]
        return copies[:1] != origin.copies[:1]

    def _fold(self, fingerprint: str) -> None:
        origin = self.origins.pop(fingerprint)
        keys = [*(copy.key for copy in origin.copies), *origin.further]
        hours, newest = self._writable("hours"), 0
        for track, hour, points in origin.lead.entries:
            newest = max(newest, hour)
            if self._hour is None or hour > self._hour - HOURS:
                self._add(hours[track], hour, points)
            else:
                self._add_to_day(track, hour, points)
        for key in keys:
            del self._where[key]
        self._remember(newest, *keys, _origin_key(fingerprint))
        self.changed = True

    def _roll_hours(self, track: int, oldest: int) -> None:
        hours = self._writable("hours")[track]
        for hour in [hour for hour in hours if hour <= oldest]:
            self._add_to_day(track, hour, hours.pop(hour))

    def _add_to_day(self, track: int, hour: int, points: int) -> None:
        day = hour // 24
        faded = self._decay.points(track, points, 24 * (day + 1) - hour)
        self._add(self._writable("days")[track], day, faded)

    @staticmethod
    def _add(sums: dict[int, int], at: int, points: int) -> None:
        if total := sums.get(at, 0) + points:
            sums[at] = total
        else:
            sums.pop(at, None)

    def _writable(self, name: str) -> Sums:
        if name not in self._sums:
            words, acts, calm = getattr(self._ledger, name)
            self._sums[name] = (dict(words), dict(acts), dict(calm))
            self.changed = True
        return self._sums[name]

    def _remember(self, hour: int, *keys: str) -> None:
        if self._folded is None:
            self._folded = dict(self._ledger.folded)
        for key in keys:
            self._folded[key] = max(hour, self._folded.get(key, hour))


def newest(folded: Mapping[str, int], count: int) -> dict[str, int]:
    """Those of the latest hours; within the hour that is cut, the first by key."""
    cut = sorted(folded.values(), reverse=True)[count - 1]
    kept = {key: hour for key, hour in folded.items() if hour > cut}
    tied = sorted(key for key, hour in folded.items() if hour == cut)
    return kept | dict.fromkeys(tied[: count - len(kept)], cut)


def _with(origin: Origin, copy: Copy) -> Origin:
    copies = sorted((*origin.copies, copy), key=lambda each: each.rank)
    further = {*origin.further, *(each.key for each in copies[MAX_COPIES:])}
    return Origin(tuple(copies[:MAX_COPIES]), tuple(sorted(further)[:MAX_FURTHER]))


@lru_cache(maxsize=4_096)
def _origin_key(fingerprint: str) -> str:
    return short_key(f"origin {fingerprint}")
