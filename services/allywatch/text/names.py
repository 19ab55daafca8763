"""Who is named in a text: the registry's names, by word boundary, case, date and context."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache

from allywatch.regions import ActorKind, Name, NameKind, Registry
from allywatch.text.cues import anchored
from allywatch.text.folding import has_no_spaces, is_arabic

_CAPITALISED_BEFORE = re.compile(r"(\w+)[ \n]$")
_NEARBY = 240
_PARTICLES = frozenset("وفبلك")
_ORDINARY_BEFORE = frozenset(
    [
        "in",
        "from",
        "to",
        "the",
        "and",
        "of",
        "for",
        "with",
        "at",
        "by",
        "on",
        "as",
        "but",
        "president",
        "prime",
        "minister",
        "mr",
        "leader",
        "general",
        "king",
        "queen",
        "says",
        "said",
        "near",
        "between",
        "against",
        "over",
        "toward",
        "towards",
        "than",
        "that",
        "while",
        "when",
        "if",
        "after",
        "before",
        "despite",
    ]
)
_FOREIGN_WORDS_AFTER = frozenset(
    [
        "state",
        "post",
        "times",
        "wizards",
        "capitals",
        "commanders",
        "football",
        "university",
        "street",
        "avenue",
        "irving",
        "redd",
        "monument",
        "nationals",
        "bulldogs",
        "tech",
        "southern",
        "sandwich",
        "breast",
        "soup",
        "dinner",
        "brand",
    ]
)
_OUTLET = re.compile(
    " (?:Daily |Morning )?(?:Times|Post|Herald|Independent|Insider|News|Today|Telegraph|Journal|Observer"
    r"|Tribune|Gazette|Star|Mirror|Daily|Review)\b"
)
"""After a name, it makes the name of another outlet: the Japan Times."""


class _Case(Enum):
    NONE = 0
    FIRST = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """One name of one actor at [start, end) of the clean text."""

    start: int
    end: int
    actor: str
    kind: NameKind


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    name: Name


class NameIndex:
    """The names of a registry by their folded pattern."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._states = frozenset(a.id for a in registry.actors.values() if a.kind is not ActorKind.PLACE)
        grouped: dict[str, list[Name]] = defaultdict(list)
        for name in registry.names():
            if name.text.strip():
                grouped[anchored(name.text)].append(name)
        self.patterns: dict[str, tuple[Name, ...]] = {key: tuple(names) for key, names in grouped.items()}

    def mentions(
        self, text: str, padded: str, hits: Iterable[tuple[int, int, tuple[Name, ...]]], day: date
    ) -> list[Mention]:
        """The mentions among `hits` (start and end of a pattern in `padded`), in order, the longest each.

        `padded` is the folded text behind one space; `day` decides who is in office.
        """
        candidates: list[_Candidate] = []
        last_end = -1
        for start, end, names in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
            begin = start + (padded[start] == " ")
            if end <= last_end or not _stands_alone(padded, begin, end):
                continue
            if _OUTLET.match(text, end - 1):
                continue
            name = _fitting(names, text[begin - 1 : end - 1], day)
            if name is not None:
                candidates.append(_Candidate(begin - 1, end - 1, name))
                last_end = end
        return self._in_context(text, candidates)

    def _in_context(self, text: str, candidates: Sequence[_Candidate]) -> list[Mention]:
        clear: dict[str, list[int]] = defaultdict(list)
        for candidate in candidates:
            if not candidate.name.needs_context:
                clear[candidate.name.actor].append(candidate.start)
        return [
            Mention(c.start, c.end, c.name.actor, c.name.kind)
            for c in candidates
            if not c.name.needs_context or self._agrees(text, c, clear)
        ]

    def _agrees(self, text: str, candidate: _Candidate, clear: dict[str, list[int]]) -> bool:
        """Whether what stands around an ambiguous name speaks for its actor."""
        if _is_part_of_a_person_or_place(text, candidate.start, candidate.end):
            return False
        actor = candidate.name.actor
        if actor in clear:
            return True
        if candidate.name.kind in (NameKind.LEADER, NameKind.DEMONYM):
            return False
        related = self._registry.adversaries_of(actor) or self._states
        return any(
            abs(position - candidate.start) <= _NEARBY
            for other in related
            for position in clear.get(other, ())
        )


def _stands_alone(padded: str, begin: int, end: int) -> bool:
    first, last = padded[begin], padded[end - 1]
    if not has_no_spaces(last) and end < len(padded) and padded[end] != " ":
        return False
    if not is_arabic(first) or padded[begin - 1] == " ":
        return True
    start = padded.rfind(" ", max(0, begin - 4), begin) + 1
    return 0 < start < begin and (set(padded[start:begin]) <= _PARTICLES | {"ا"})


def _fitting(names: tuple[Name, ...], written: str, day: date) -> Name | None:
    """The name that `written` may be, judged by its case and by the date; the unambiguous one first."""
    fits = [name for name in names if _case_fits(name.text, written) and name.holds_on(day)]
    return min(fits, key=lambda name: (name.needs_context, name.kind is NameKind.LEADER)) if fits else None


def _case_fits(name: str, written: str) -> bool:
    case = _case_of(name)
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


def _is_part_of_a_person_or_place(text: str, start: int, end: int) -> bool:
    """`Michael Jordan`, `Georgia Tech`: the name is one word of another one."""
    before = _CAPITALISED_BEFORE.search(text, max(0, start - 20), start)
    if before and before[1][:1].isupper() and before[1].lower() not in _ORDINARY_BEFORE:
        opens = text[: before.start()].rstrip()[-1:] in ("", ".", "!", "?", "\n", ":", "”", '"')
        if not opens or len(before[1]) > 3:
            return True
    word = re.match(r" (\w+)", text[end : end + 16])
    return bool(word and word[1].lower() in _FOREIGN_WORDS_AFTER)
