"""One pass of one automaton over a text: who is named, and which cues stand in it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import ahocorasick_rs

from allywatch.regions import Registry
from allywatch.text.cues import Cue, beginnings, compile_cues, starts_of_any
from allywatch.text.folding import fold, has_no_spaces
from allywatch.text.lexicon import LexiconFile, Needs
from allywatch.text.names import Hit, Mention, NameIndex, Pattern
from allywatch.text.outlook import Outlook

_MOST_HITS = 4_000
"""More hits than this are the mark of a text made to hurt; the rest is not looked at."""

_MOST_LANGUAGES = 64
"""Languages whose cues are kept sorted out: no more are read, whatever articles declare."""

_NEAR = 300
"""Characters around a cue of which one must begin a name: a cue counts with a name in its own sentence."""

_Match = tuple[int, int, int]
"""A pattern, by its number, at [start, end) of the padded text."""
_NOTHING, _WHOLE, _OPEN = range(3)
"""What a pattern is in a language: no cue of it nor a name; one that ends with a word; one that need not."""


class CueHit(NamedTuple):
    """A cue at [start, end) of the clean text."""

    start: int
    end: int
    cue: Cue


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands in one text, each list in order of its place."""

    padded: str
    """The folded text behind one space: character i + 1 stands for character i of the text."""
    mentions: list[Mention]
    cues: list[CueHit]
    noise: list[int]


class Scanner:
    """All names of a registry and all cues of a lexicon (if there is one), compiled together."""

    def __init__(self, registry: Registry, lexicon: LexiconFile | None = None) -> None:
        self._index = NameIndex(registry)
        cues: dict[str, list[Cue]] = defaultdict(list)
        for cue in compile_cues(lexicon) if lexicon else ():
            cues[cue.head].append(cue)
        patterns = list(dict.fromkeys([*self._index.patterns, *cues]))
        self._names: list[Pattern | None] = [self._index.patterns.get(p) for p in patterns]
        self._cues: list[tuple[Cue, ...]] = [tuple(cues.get(p, ())) for p in patterns]
        self._whole = [
            not has_no_spaces(p[-1]) and not any(c.open_end for c in cues.get(p, ())) for p in patterns
        ]
        self._outlook = Outlook([starts_of_any(cues) for cues in self._cues])
        self._cues_by_language: dict[str | None, tuple[list[tuple[Cue, ...]], bytes]] = {}
        self._automaton = ahocorasick_rs.AhoCorasick(patterns)

    def scan(self, text: str, day: date, language: str | None = None) -> Scan | None:
        """What stands in `text`, published on `day`; None if it names nobody.

        Cues of another language than the article's count only where their alphabet is another one too.
        """
        padded = " " + fold(text) + " "
        matches = self._matches(padded, language)
        names = self._names_among(padded, matches)
        if not names:
            return None
        mentions = self._index.mentions(text, padded, names, day)
        if not mentions:
            return None
        cues, noise = self._cues_among(padded, matches, names, language)
        return Scan(padded, mentions, cues, noise)

    def mentions(self, text: str, day: date) -> list[Mention]:
        """Who is named in `text`, published on `day`, whether it holds a cue or not; in order."""
        padded = " " + fold(text) + " "
        return self._index.mentions(text, padded, self._names_among(padded, self._matches(padded, None)), day)

    def _cues_in(self, language: str | None) -> tuple[list[tuple[Cue, ...]], bytes]:
        """By pattern, the cues that count in an article of this language, and what it is in it."""
        known = self._cues_by_language.get(language)
        if known is None:
            cues = [tuple(cue for cue in cues if cue.may_stand_in(language)) for cues in self._cues]
            kinds = bytes(
                _NOTHING if not own and name is None else _WHOLE if whole else _OPEN
                for own, name, whole in zip(cues, self._names, self._whole, strict=True)
            )
            known = cues, kinds
            if len(self._cues_by_language) < _MOST_LANGUAGES:
                self._cues_by_language[language] = known
        return known

    def _matches(self, padded: str, language: str | None) -> list[_Match]:
        """Patterns that mean something in this language, where they end as they must."""
        kinds = self._cues_in(language)[1]
        return [
            match
            for match in self._automaton.find_matches_as_indexes(padded, overlapping=True)[:_MOST_HITS]
            if (kind := kinds[match[0]]) and (kind == _OPEN or padded[match[2]] == " ")
        ]

    def _names_among(self, padded: str, matches: Sequence[_Match]) -> list[Hit]:
        return [
            (start, end, name)
            for pattern, start, end in matches
            if (name := self._names[pattern]) is not None
            and (padded[end] == " " or has_no_spaces(padded[end - 1]))
        ]

    def _heads_among(
        self, padded: str, matches: Sequence[_Match], names: Sequence[Hit], cues: Sequence[tuple[Cue, ...]]
    ) -> Iterator[_Match]:
        """Heads of cues with a name near enough, behind which a word stands that may go on with the cue."""
        places = sorted(start for start, _, _ in names)
        heads = [
            match
            for match in matches
            if cues[match[0]]
            and (nearest := bisect_left(places, match[1] - _NEAR)) < len(places)
            and places[nearest] <= match[1] + _NEAR
        ]
        promising = self._outlook.promising(padded, [head[0] for head in heads], [head[2] for head in heads])
        return (heads[index] for index in promising)

    def _cues_among(
        self, padded: str, matches: Sequence[_Match], names: Sequence[Hit], language: str | None
    ) -> tuple[list[CueHit], list[int]]:
        """The cues, and the places of noise, each in order."""
        candidates = self._cues_in(language)[0]
        cues: list[CueHit] = []
        noise: list[int] = []
        for pattern, start, end in self._heads_among(padded, matches, names, candidates):
            begin = start - (padded[start] != " ")
            around: set[str] | None = None
            for cue in candidates[pattern]:
                if cue.starts is not None:
                    around = beginnings(padded, end) if around is None else around
                    if cue.starts.isdisjoint(around):
                        continue
                stop = cue.end_in(padded, end, len(padded) - 1)
                if stop is None:
                    continue
                if cue.rule is None:
                    noise.append(begin)
                else:
                    cues.append(CueHit(begin, stop - 1, cue))
        cues.sort(key=lambda hit: (hit.start, -hit.end))
        return _unreversed(cues), sorted(noise)


def _unreversed(cues: list[CueHit]) -> list[CueHit]:
    """Without those that stand within a longer one that says something else: "ended its drill"."""
    kept: list[CueHit] = []
    furthest: dict[Needs, CueHit] = {}
    for hit in cues:
        rule = hit.cue.rule
        if rule is None:
            continue
        longer = furthest.get(rule.needs)
        if longer and hit.end <= longer.end and hit.end - hit.start < longer.end - longer.start:
            other = longer.cue.rule
            if other is not None and other.mechanism is not rule.mechanism:
                continue
        kept.append(hit)
        if longer is None or hit.end > longer.end:
            furthest[rule.needs] = hit
    return kept
