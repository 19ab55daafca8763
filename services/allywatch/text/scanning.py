"""One pass of one automaton over a text: who is named, and which cues stand in it."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import ahocorasick_rs

from allywatch.regions import Registry
from allywatch.text.cues import Cue, beginnings, compile_cues
from allywatch.text.folding import fold, has_no_spaces
from allywatch.text.lexicon import LexiconFile, Needs
from allywatch.text.names import Hit, Mention, NameIndex, Pattern

_MOST_HITS = 4_000
"""More hits than this are the mark of a text made to hurt; the rest is not looked at."""

_MOST_LANGUAGES = 64
"""Languages whose cues are kept sorted out: no more are read, whatever articles declare."""

_NEAR = 300
"""Characters around a cue of which one must begin a name: a cue counts with a name in its own sentence."""

_Head = tuple[int, int, tuple[Cue, ...]]
"""Start and end of the head of cues in the padded text."""


@dataclass(frozen=True, slots=True)
class CueHit:
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
        self._cues_by_language: dict[str | None, list[tuple[Cue, ...]]] = {}
        self._automaton = ahocorasick_rs.AhoCorasick(patterns)

    def scan(self, text: str, day: date, language: str | None = None) -> Scan | None:
        """What stands in `text`, published on `day`; None unless it holds both a name and a cue.

        Cues of another language than the article's count only where their alphabet is another one too.
        """
        padded = " " + fold(text) + " "
        names, heads = self._hits(padded, language)
        if not names or not heads:
            return None
        return self._complete(text, padded, names, heads, day)

    def mentions(self, text: str, day: date) -> list[Mention]:
        """Who is named in `text`, published on `day`, whether it holds a cue or not; in order."""
        padded = " " + fold(text) + " "
        return self._index.mentions(text, padded, self._hits(padded, None)[0], day)

    def _cues_in(self, language: str | None) -> list[tuple[Cue, ...]]:
        """By pattern, the cues that count in an article of this language."""
        known = self._cues_by_language.get(language)
        if known is None:
            known = [tuple(cue for cue in cues if cue.may_stand_in(language)) for cues in self._cues]
            if len(self._cues_by_language) < _MOST_LANGUAGES:
                self._cues_by_language[language] = known
        return known

    def _hits(self, padded: str, language: str | None) -> tuple[list[Hit], list[_Head]]:
        names: list[Hit] = []
        heads: list[_Head] = []
        hits = self._automaton.find_matches_as_indexes(padded, overlapping=True)
        whole, named, cued = self._whole, self._names, self._cues_in(language)
        for pattern, start, end in hits[:_MOST_HITS]:
            if whole[pattern] and padded[end] != " ":
                continue
            name = named[pattern]
            if name is not None and (whole[pattern] or padded[end] == " " or has_no_spaces(padded[end - 1])):
                names.append((start, end, name))
            if cued[pattern]:
                heads.append((start, end, cued[pattern]))
        return names, heads

    def _complete(
        self,
        text: str,
        padded: str,
        names: list[Hit],
        heads: list[_Head],
        day: date,
    ) -> Scan | None:
        cues: list[CueHit] = []
        noise: list[int] = []
        places = sorted(start for start, _, _ in names)
        for start, end, candidates in heads:
            nearest = bisect_left(places, start - _NEAR)
            if nearest == len(places) or places[nearest] > start + _NEAR:
                continue
            begin = start - (padded[start] != " ")
            around = beginnings(padded, end)
            for cue in candidates:
                if not cue.may_follow(around):
                    continue
                stop = cue.end_in(padded, end, len(padded) - 1)
                if stop is None:
                    continue
                if cue.rule is None:
                    noise.append(begin)
                else:
                    cues.append(CueHit(begin, stop - 1, cue))
        mentions = self._index.mentions(text, padded, names, day) if cues else []
        if not mentions:
            return None
        cues.sort(key=lambda hit: (hit.start, -hit.end))
        return Scan(padded, mentions, _unreversed(cues), sorted(noise))


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
