"""Sentences, list items and headings of a clean text, as spans. No copies, no language models."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from allywatch.text.abbreviations import LAST_LETTERS, Abbreviations, abbreviations
from allywatch.text.folding import has_no_spaces

MOST_SENTENCES = 2_000
"""Sentences of one text; what comes after is in none. A book has more, an article a hundredth."""
REMEMBERED = 3
"""Sentences back that a reader still has in mind."""
OPENING = 5
"""Sentences at the start of a text, with the title, that weigh more by their place; one to spare."""


class Place(StrEnum):
    """Where a sentence stands."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


class Sentence(NamedTuple):
    """The span [start, end) of one sentence, trimmed."""

    start: int
    end: int
    place: Place
    lead: int | None = None
    """For a list item: the index of the sentence with the colon that introduces the list."""


_Paragraph = tuple[int, int, Place]

_MARK = re.compile(r"[.!?…؟۔。！？｡•·▪]++[\"'”’»›“)\]」』）]*+")
"""Where a sentence may end: a mark and what closes behind it. One set of characters first: that is quick."""
_PLAIN_END = re.compile(rf"[a-z]{{{LAST_LETTERS}}}[.!?][\"'”’)]* [A-Z]")
"""The end that most sentences have, seen at one look, unless an abbreviation ends so too."""
_FULL_STOPS = frozenset("。！？｡")
_GOES_ON = frozenset("」』”’）、，とのはがをにで")
"""What stands behind a full stop within a sentence: the mark of a quotation, a comma."""
_BULLETS = frozenset("•·▪")
_BULLET = re.compile(r"(?:[-–—*•·▪●○◦‣➤►]|\(?\d{1,2}[.)]|\(?[a-zа-я]\)|[①-⑳])\s+(?=\S)")
_LINE = re.compile(r"\S[^\n]*")
_COLONS = (":", "：")
_TERMINAL = re.compile(r"[.!?…:;。！？؟：；｡][\"'”’»›“)\]」』]*\s*$")
_WRAP = 100
"""No line of a hard-wrapped text is longer."""
_FULL = 45
"""A line of a hard-wrapped text that is as long goes on in the next one."""
_HEADING = 90
_LONGEST = 800
"""A longer run without an end is cut here, so that no later step meets an unbounded one."""


def split(
    text: str, title_end: int, language: str | None = None, wanted: Sequence[int] | None = None
) -> list[Sentence]:
    """All sentences of a clean text, in order, at most `MOST_SENTENCES`.

    Args:
        text: The title, which is one sentence whatever it holds, and the body.
        title_end: Where the title ends.
        language: ISO 639-1; decides what is an abbreviation. None: any language's are.
        wanted: Places of the text, in order, whose sentences are looked at; None: any place. A paragraph far
            from all of them counts as one sentence. The sentences of the places, how many of the `REMEMBERED`
            before each of them hold another, and the first `OPENING` are the same as without.
    """
    sentences: list[Sentence] = []
    _append(sentences, text, 0, title_end, Place.TITLE, None)
    known = abbreviations(language)
    lead: int | None = None
    paragraphs = list(_paragraphs(text, title_end))
    near = None if wanted is None else _near(text, paragraphs, wanted)
    for number, (start, end, place) in enumerate(paragraphs):
        if place is not Place.ITEM:
            lead = None
        if near is not None and number not in near and len(sentences) >= OPENING:
            _append(sentences, text, start, end, place, lead)
            continue
        for begin, stop, is_item in _ends(text, start, end, known):
            if is_item and place is not Place.ITEM and lead is None and _opens_list(text, sentences, start):
                lead = len(sentences) - 1
            item = place is Place.ITEM or lead is not None
            _append(sentences, text, begin, stop, Place.ITEM if item else place, lead)
        if len(sentences) >= MOST_SENTENCES:
            break
        if place is not Place.ITEM and text[end - 1] in _COLONS:
            lead = len(sentences) - 1
    return sentences[:MOST_SENTENCES]


def _near(text: str, paragraphs: Sequence[_Paragraph], wanted: Sequence[int]) -> set[int]:
    """The numbers of paragraphs that hold a wanted place or lead a list, and of the few between two such."""
    near: set[int] = set()
    last = -2 * REMEMBERED
    for number, (start, end, _) in enumerate(paragraphs):
        following = paragraphs[number + 1][2] if number + 1 < len(paragraphs) else None
        index = bisect_left(wanted, start)
        holds = index < len(wanted) and wanted[index] < end
        if holds or following is Place.ITEM or text[end - 1] in _COLONS:
            near.update(range(last if number - last <= REMEMBERED else number, number + 1))
            last = number
    return near


def index_at(starts: list[int], position: int) -> int:
    """The index of the sentence that holds `position`, given the starts of all."""
    return max(bisect_right(starts, position) - 1, 0)


def _append(out: list[Sentence], text: str, start: int, end: int, place: Place, lead: int | None) -> None:
    if start < end and text[start] == " ":
        start += 1
    if start == end or text[start].isspace() or text[end - 1].isspace():
        piece = text[start:end]
        start += len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        out.append(Sentence(start, cut, place, lead))
        start = cut + (text[cut] == " ")
    if end > start:
        out.append(Sentence(start, end, place, lead))


def _opens_list(text: str, sentences: list[Sentence], start: int) -> bool:
    """Whether the sentence before, of the paragraph from `start`, ends with a colon."""
    return bool(sentences) and sentences[-1].start >= start and text[sentences[-1].end - 1] in _COLONS


def _paragraphs(text: str, begin: int) -> Iterator[_Paragraph]:
    """Paragraphs as (start, end, place), trimmed; the lines of a hard-wrapped text are joined."""
    wrapped = _is_wrapped(text, begin)
    first, last, length = -1, begin, 0
    for found in _LINE.finditer(text, begin):
        start = found.start()
        end = start + len(found[0].rstrip())
        if not wrapped:
            yield start, end, _place(text, start, end)
            continue
        if first >= 0 and not _goes_on(text, last, length, start):
            yield first, last, _place(text, first, last)
            first = -1
        first = start if first < 0 else first
        last, length = end, end - start
    if first >= 0:
        yield first, last, _place(text, first, last)


def _goes_on(text: str, last: int, length: int, start: int) -> bool:
    """Whether the line from `start` continues the one that ends at `last`, in a hard-wrapped text."""
    if text.count("\n", last, start) > 1 or _BULLET.match(text, start):
        return False
    return (length >= _FULL or text[start].islower()) and not _TERMINAL.search(text, last - 4, last)


def _is_wrapped(text: str, begin: int) -> bool:
    lengths = [len(line) for line in text[begin : begin + 6_000].split("\n") if line]
    return len(lengths) > 2 and max(lengths) <= _WRAP and sum(length >= _FULL for length in lengths) > 2


def _place(text: str, start: int, end: int) -> Place:
    if _BULLET.match(text, start, end):
        return Place.ITEM
    if end - start > _HEADING:
        return Place.PARAGRAPH
    if not _TERMINAL.search(text, max(start, end - 8), end):
        return Place.HEADING
    if text[end - 1] == "?" and text.count(" ", start, end) < 12:
        return Place.HEADING
    return Place.PARAGRAPH


def _ends(text: str, start: int, end: int, known: Abbreviations) -> Iterator[tuple[int, int, bool]]:
    """Sentences of a paragraph as (start, end, whether a bullet stands before it)."""
    bullet = _BULLET.match(text, start, end)
    begin, is_item = (bullet.end() if bullet else start), False
    for mark in _MARK.finditer(text, begin, end):
        at, after = mark.span()
        if after == end:
            break
        if _PLAIN_END.match(text, at - LAST_LETTERS) and text[at - LAST_LETTERS : at] not in known.endings:
            yield begin, after, is_item
            begin, is_item = after, False
        elif text[at] in _BULLETS:
            if text[at - 1].isspace() and text[after].isspace():
                yield begin, at, is_item
                begin, is_item = after, True
        elif _may_end(text, begin, at, after, end, known):
            yield begin, after, is_item
            begin, is_item = after, False
    yield begin, end, is_item


def _may_end(text: str, begin: int, at: int, after: int, end: int, known: Abbreviations) -> bool:
    """Whether a sentence ends with the mark at `at`: not before a small letter, nor after an abbreviation."""
    behind = text[after]
    if text[at] in _FULL_STOPS:
        return behind not in _GOES_ON
    if not behind.isspace():
        return _lost_its_space(text, at, after)
    following = text[after : after + 8].lstrip().lstrip("\"'“‘«„([")
    if following[:1].islower():
        return False
    return text[at] != "." or after - at > 3 or known.ends_sentence(text, begin, at, after, end)


def _lost_its_space(text: str, at: int, after: int) -> bool:
    """Whether a sentence begins right behind the mark: "left.The", or letters of a script without spaces."""
    if has_no_spaces(text[after]):
        return not text[at - 1].isdigit()
    before = text[at - 2 : at]
    return (
        before.islower()
        and before.isalpha()
        and text[after].isupper()
        and text[after + 1 : after + 2].islower()
    )
