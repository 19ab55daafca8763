"""Who is named in a text: the registry's names, by word boundary, case, date and context."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import NamedTuple

from allywatch.regions import ActorKind, Name, NameKind, Registry
from allywatch.text.cues import anchored
from allywatch.text.folding import is_arabic
from allywatch.text.naming import NEARBY, NameRule, Naming, load_naming

_CAPITALISED_BEFORE = re.compile(r"(\w+)[ \n]$")
_WORD_AFTER = re.compile(r"[ -](\w+)")
_FAR = 1_000_000
_PARTICLES = frozenset("وفبلكا")
_OUTLET = re.compile(
    " (?:Daily |Morning )?(?:Times|Post|Herald|Independent|Insider|News|Today|Telegraph|Journal|Observer"
    r"|Tribune|Gazette|Star|Mirror|Daily|Review)\b"
)
"""After a name, it makes the name of another outlet: the Japan Times."""


class _Case(Enum):
    NONE = 0
    FIRST = 1
    ALL = 2


class Mention(NamedTuple):
    """One name of one actor at [start, end) of the clean text."""

    start: int
    end: int
    actor: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class Reading:
    """One name that a pattern may be, and how it must be written for it."""

    name: Name
    case: _Case
    rule: NameRule | None
    small: bool
    """Whether its language writes it with a small letter, but at the start of a sentence."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a folded pattern may be, the unambiguous first; nothing: a longer name that hides a name.

    `settled`: one name that holds at any time and needs no context.
    """

    readings: tuple[Reading, ...]
    joins: bool
    """Whether particles may be joined to its front, as in Arabic."""
    settled: bool


Hit = tuple[int, int, Pattern]
"""Start and end of a pattern in the padded text."""


class _Candidate(NamedTuple):
    start: int
    end: int
    readings: tuple[Reading, ...]


class NameIndex:
    """The names of a registry by their folded pattern."""

    def __init__(self, registry: Registry, naming: Naming | None = None) -> None:
        self._registry = registry
        self._naming = naming or load_naming()
        self._states = frozenset(a.id for a in registry.actors.values() if a.kind is not ActorKind.PLACE)
        self._countries = frozenset(a.name for a in registry.actors.values() if a.kind is ActorKind.COUNTRY)
        grouped: dict[str, list[Name]] = {decoy: [] for decoy in self._naming.decoys}
        for name in registry.names():
            grouped.setdefault(anchored(name.text), []).append(name)
        self.patterns = {key: self._pattern(key, names) for key, names in grouped.items()}

    def _pattern(self, key: str, names: Sequence[Name]) -> Pattern:
        order = sorted(
            dict.fromkeys(names), key=lambda name: (name.needs_context, name.kind is NameKind.LEADER)
        )
        readings = tuple(self._reading(name) for name in order)
        settled = len({(r.name.actor, r.case) for r in readings}) == 1 and all(
            not r.name.needs_context and r.name.since is None and r.name.until is None for r in readings
        )
        return Pattern(readings, is_arabic(key[0]), settled)

    def _reading(self, name: Name) -> Reading:
        case = _case_of(name.text)
        small = name.language in self._naming.small_letters and case is _Case.NONE
        return Reading(name, case, self._naming.rule_of(name.text), small)

    def mentions(self, text: str, padded: str, hits: Iterable[Hit], day: date) -> list[Mention]:
        """The mentions among `hits`, in order, the longest each.

        `padded` is the folded text behind one space; `day` decides who is in office. What ends a hit is
        checked by the caller.
        """
        candidates: list[_Candidate] = []
        known: dict[str, tuple[Pattern, tuple[Reading, ...]]] = {}
        last_end = -1
        for start, end, pattern in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
            begin = start + (padded[start] == " ")
            if end <= last_end or (pattern.joins and not _stands_alone(padded, begin)):
                continue
            if not pattern.readings:
                last_end = end
                continue
            written = text[begin - 1 : end - 1]
            met, readings = known.get(written, (None, ()))
            if met is not pattern:
                readings = _fitting(pattern, written, day)
                known[written] = pattern, readings
            if readings and not self._is_part_of_another(text, begin - 1, end - 1, readings):
                candidates.append(_Candidate(begin - 1, end - 1, readings))
                last_end = end
        return self._in_context(text, padded, candidates)

    def _is_part_of_another(self, text: str, start: int, end: int, readings: tuple[Reading, ...]) -> bool:
        """Whether what stands beside the name makes it an outlet's, a person's, or a town's in America."""
        kind = readings[0].name.kind
        follows = text[end : end + 1]
        if follows == ",":
            state = self._naming.state_after(text, end)
            if state is not None and (kind is not NameKind.COUNTRY or state not in self._countries):
                return True
        elif follows == " " and text[end + 1 : end + 2].isupper() and _OUTLET.match(text, end):
            return True
        if text[start - 1 : start] != " " or kind is NameKind.LEADER or not text[start].isupper():
            return False
        if text[text.rfind(" ", max(0, start - 20), start - 1) + 1 : start - 1] in self._naming.given_names:
            return True
        return (
            readings[0].small
            and all(reading.small for reading in readings)
            and _follows_a_name(text, start, end)
        )

    def _in_context(self, text: str, padded: str, candidates: Sequence[_Candidate]) -> list[Mention]:
        clear: dict[str, list[int]] = defaultdict(list)
        for candidate in candidates:
            name = candidate.readings[0].name
            if not name.needs_context:
                clear[name.actor].append(candidate.start)
        found: list[Mention] = []
        for candidate in candidates:
            name = candidate.readings[0].name
            meant = self._meant(text, padded, candidate, clear) if name.needs_context else name
            if meant is not None:
                found.append(Mention(candidate.start, candidate.end, meant.actor, meant.kind))
        return found

    def _meant(
        self, text: str, padded: str, candidate: _Candidate, clear: Mapping[str, Sequence[int]]
    ) -> Name | None:
        """The name that an ambiguous one is where it stands, if any; of several the one last named before."""
        if self._is_part_of_a_person(text, candidate):
            return None
        agreeing = [r.name for r in candidate.readings if self._agrees(padded, candidate, r, clear)]
        return min(agreeing, key=lambda name: _distance(clear.get(name.actor, ()), candidate), default=None)

    def _agrees(
        self, padded: str, candidate: _Candidate, reading: Reading, clear: Mapping[str, Sequence[int]]
    ) -> bool:
        """Whether what stands around an ambiguous name speaks for its actor."""
        actor, rule = reading.name.actor, reading.rule
        said = rule.verdict(padded, candidate.start + 1, candidate.end + 1) if rule else None
        if said is not None:
            return said
        if actor in clear or (rule and rule.otherwise):
            return True
        if reading.name.kind in (NameKind.LEADER, NameKind.DEMONYM):
            return False
        related = self._registry.adversaries_of(actor) or self._states
        return any(_distance(clear.get(other, ()), candidate) <= NEARBY for other in related)

    def _is_part_of_a_person(self, text: str, candidate: _Candidate) -> bool:
        """`Denzel Washington`, `Georgia O'Keeffe`, `Jordan River`: the name is one word of another one."""
        start, end = candidate.start, candidate.end
        after = _WORD_AFTER.match(text, end)
        if after and after[1].lower() in self._naming.other_after:
            return True
        if _in_capitals(text, start, end):
            return False
        rule = candidate.readings[0].rule
        if rule and rule.given_name and after and self._is_a_name(after[1]):
            return True
        before = _CAPITALISED_BEFORE.search(text, max(0, start - 20), start)
        if not before or not self._is_a_name(before[1]):
            return False
        opens = text[: before.start()].rstrip()[-1:] in ("", ".", "!", "?", "\n", ":", "”", '"')
        return not opens or len(before[1]) > 3

    def _is_a_name(self, word: str) -> bool:
        return word[:1].isupper() and word.lower() not in self._naming.ordinary


def _distance(positions: Iterable[int], candidate: _Candidate) -> int:
    """Characters to the nearest of `positions`; what stands before counts half."""
    ahead = (p - candidate.start if p > candidate.start else (candidate.start - p) // 2 for p in positions)
    return min(ahead, default=_FAR)


def _follows_a_name(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word stands before, in words that are not all in capitals: `Mircea Rusu`."""
    before = _CAPITALISED_BEFORE.search(text, max(0, start - 20), start)
    return before is not None and before[1][0].isupper() and not _in_capitals(text, start, end)


def _in_capitals(text: str, start: int, end: int) -> bool:
    """Whether the words around are in capitals anyway, as in headlines, so that capitals tell nothing."""
    if text[start:end].isupper() and end - start > 3:
        return True
    words = [word for word in text[max(0, start - 40) : end + 40].split()[1:-1] if len(word) > 3]
    return len(words) >= 4 and sum(word[0].isupper() for word in words) >= len(words) - 1


def _stands_alone(padded: str, begin: int) -> bool:
    """Whether nothing but particles is joined to the front of an Arabic name."""
    if padded[begin - 1] == " ":
        return True
    start = padded.rfind(" ", max(0, begin - 4), begin) + 1
    return 0 < start < begin and set(padded[start:begin]) <= _PARTICLES


def _fitting(pattern: Pattern, written: str, day: date) -> tuple[Reading, ...]:
    """What `written` may be, judged by its case and by the date."""
    readings = pattern.readings
    if pattern.settled:
        return readings if _case_fits(readings[0].case, written) else ()
    return tuple(r for r in readings if _case_fits(r.case, written) and r.name.holds_on(day))


def _case_fits(case: _Case, written: str) -> bool:
    if case is _Case.ALL:
        return written.isupper()
    return case is _Case.NONE or written[0].isupper()


@cache
def _case_of(name: str) -> _Case:
    """How a name must be written: `US` in capitals, `Poland` with one, `polski` in any case."""
    letters = sum(character.isalpha() for character in name)
    if letters <= 4 and name.isascii() and name.isupper():
        return _Case.ALL
    return _Case.FIRST if name[0].isupper() else _Case.NONE
