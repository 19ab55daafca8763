"""What stands on a page beside the article: menus, links, notices, the outlet's own name, datelines."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

import ahocorasick_rs

from allywatch.text.folding import has_no_spaces
from allywatch.text.lexicon import FurnitureFile

_LONGEST_LINE = 240
_MOST_HITS = 5_000
"""More phrases of furniture than this are the mark of a text made to hurt; the rest is not looked at."""
_MOST_LINKS = 40
"""Headlines behind one heading of links."""
_EDGE = 400
"""Characters from either end of an article in which a byline stands."""
_BEFORE = ("\n", "\n- ", "\n* ", "\n• ", "\n> ", "\n| ", "\n ", "\n  ", "\n    ", "\n\t")
"""How a line of furniture begins. Part of each pattern: phrases as common as "in" then cost nothing."""
_BEHIND = " \t:：.…!>»›→|-–—)*"
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_HEADLINE = re.compile(r"[^.!?。！？\n]{1,160}[?？]?$", re.MULTILINE)
_CAPITAL = "A-ZÀ-ÞĀĂĄĆČĎĐĒĖĘĚĢĪĮĶŁĻŃŅŇŌŐŒŘŚŠŤŪŮŲŹŻŽА-ЯЁЄІЇҐ"
_DATELINE = re.compile(
    rf"\s{{0,20}}[{_CAPITAL}][\w'’.]*(?:[ /,-]{{1,3}}[{_CAPITAL}0-9][\w'’.]*){{0,6}}"
    r"(?:, \d{1,2}\.? \w{3,12})?[ ,]{0,3}"
    r"(?:\([^()\n]{2,30}\)\s?)?[-–—]{1,2}\s+(?=\S)"
    r"|\s{0,20}\([A-Z][\w .&/-]{1,30}\)\s?[-–—]{1,2}\s+"
    r"|\s{0,20}[\u0600-\u06ff ]{2,30}\([^()\n]{2,20}\)\s?[-–—]{1,2}\s+"
    r"|\s{0,20}[（(【\[][^（）()【】\[\]\n]{2,40}(?:电|電|讯|訊|报道|報導|共同|時事|=[^()\n]{2,15})[)）】\]]"
    r"(?:\s?[가-힣 ]{2,16}기자\s?=)?"
    r"|\s{0,20}(?:新华社|新華社|中新社|中央社)[^\s，。]{1,20}[电電]"
)
"""`RIGA, March 2 (Agency) - `. Words and what joins them share no character: matching stays linear."""

Span = tuple[int, int]


class Furniture:
    """The data of `furniture.yaml`, compiled."""

    def __init__(self, words: FurnitureFile) -> None:
        self._starts, self._lines, self._within, self._headings = (
            frozenset(phrase.lower() for phrases in each.values() for phrase in phrases)
            for each in (words.starts, words.lines, words.within, words.link_headings)
        )
        at_start = self._starts | self._lines | self._headings
        self._patterns = [
            *((each, "") for each in sorted(self._within)),
            *((each, before) for each in sorted(at_start) for before in _BEFORE),
        ]
        self._automaton = ahocorasick_rs.AhoCorasick([before + each for each, before in self._patterns])
        names = "|".join(re.escape(phrase) for phrases in words.bylines.values() for phrase in phrases)
        self._byline = re.compile(
            rf"^[ \t]*(?i:{names}):? [{_CAPITAL}][\w'’.-]+(?: [{_CAPITAL}][\w'’.-]+){{1,3}}"
            rf"(?:,? (?:and|und|et|y|and,|,) [{_CAPITAL}][\w'’. -]+)?[ \t]*$",
            re.MULTILINE,
        )

    def spans(self, text: str, begin: int, own_name: str) -> list[Span]:
        """What of `text` from `begin` on is no part of the article, as spans in order; they may overlap.

        Datelines and bylines at the edges, lines of furniture, headlines of other stories after a heading
        such as "Related", and the outlet's own name wherever it stands.
        """
        found = [*self._furnished(text, begin), *_own_name(text, own_name)]
        opening = _first_line(text, begin)
        dateline = _DATELINE.match(text, opening[0], min(opening[1], opening[0] + 120))
        if dateline:
            found.append(dateline.span())
        tail = max(begin, len(text) - _EDGE)
        for first, last in ((begin, min(begin + _EDGE, len(text))), (tail, len(text))):
            found.extend(byline.span() for byline in self._byline.finditer(text, first, last))
        return sorted(found)

    def _furnished(self, text: str, begin: int) -> Iterator[Span]:
        """Whole lines, by the phrases that stand in them."""
        done = begin
        for number, start, end in islice(self._phrases(text, begin), _MOST_HITS):
            phrase, before = self._patterns[number]
            if start < done or (before and _goes_on(text, end - 1)):
                continue
            first = max(begin, text.rfind("\n", begin, start) + 1)
            last = text.find("\n", end)
            last = last if last >= 0 else len(text)
            alone = not text[end:last].strip(_BEHIND)
            if before and phrase not in self._starts and not alone:
                continue
            if alone and phrase in self._headings:
                last = _end_of_links(text, last)
            yield first, last
            done = last

    def _phrases(self, text: str, begin: int) -> Iterator[tuple[int, int, int]]:
        """The number of each phrase in a line that is short enough to be furniture, and where it stands."""
        for first, last in _short_lines(text, begin):
            lines = "\n" + _lowered(text[first:last])
            for number, start, end in self._automaton.find_matches_as_indexes(lines, overlapping=True):
                yield number, first + start + len(self._patterns[number][1]) - 1, first + end - 1


def _short_lines(text: str, begin: int) -> Iterator[Span]:
    """Runs of lines of which none is longer than `_LONGEST_LINE`."""
    first = start = begin
    while start < len(text):
        end = text.find("\n", start)
        end = end if end >= 0 else len(text)
        if end - start > _LONGEST_LINE:
            if first < start:
                yield first, start
            first = end + 1
        start = end + 1
    if first < len(text):
        yield first, len(text)


def _goes_on(text: str, last: int) -> bool:
    """Whether the word that ends at `last` has further letters."""
    following = text[last + 1 : last + 2]
    return following.isalnum() and text[last].isalnum() and not has_no_spaces(text[last])


def _lowered(text: str) -> str:
    """In lower case, character for character."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := each.lower()) == 1 else each for each in text)


def _end_of_links(text: str, last: int) -> int:
    """Where the headlines end that follow the heading which ends at `last`."""
    for _ in range(_MOST_LINKS):
        following = last
        while following < len(text) and text[following].isspace():
            following += 1
        link = _HEADLINE.match(text, following)
        if link is None or following == last:
            break
        last = link.end()
    return last


def _first_line(text: str, begin: int) -> Span:
    while begin < len(text) and text[begin].isspace():
        begin += 1
    end = text.find("\n", begin)
    return begin, len(text) if end < 0 else end


def _own_name(text: str, name: str) -> Iterator[Span]:
    """Where the outlet names itself; a name of one word may well be a country's, and is left alone."""
    for form in _forms(name):
        start = text.find(form)
        while start >= 0:
            yield start, start + len(form)
            start = text.find(form, start + len(form))


@lru_cache(maxsize=4_096)
def _forms(name: str) -> frozenset[str]:
    name = _ARTICLE.sub("", name.strip())
    return frozenset({name, name.upper(), name.lower(), name.title()} if len(name.split()) > 1 else ())
