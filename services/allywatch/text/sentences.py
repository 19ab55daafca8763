"""Sentences, list items and headings of a clean text, as spans. No copies, no language models."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where a sentence stands."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Sentence:
    """The span [start, end) of one sentence, trimmed."""

    start: int
    end: int
    place: Place
    lead: int | None = None
    """For a list item: the index of the sentence with the colon that introduces the list."""


_END = re.compile(r"[.!?…؟۔]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*|(?<=\s)[•·▪]\s")
_BULLET = re.compile(r"\s*(?:[-–—*•·▪●○◦‣]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+")
_ACRONYM = re.compile(r"(?:^|[\s(\"'“‘—-])(?:\w\.){1,4}\w?$")
_LAST_WORD = re.compile(r"(\w+)$")
_ABBREVIATIONS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "gen",
        "lt",
        "col",
        "maj",
        "capt",
        "sgt",
        "adm",
        "cmdr",
        "sen",
        "rep",
        "gov",
        "st",
        "jr",
        "sr",
        "vs",
        "no",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "etc",
        "inc",
        "ltd",
        "co",
        "corp",
        "dept",
        "est",
        "approx",
        "fig",
        "al",
        "eg",
        "ie",
        "cf",
        "pres",
        "amb",
        "min",
        "rev",
        "hon",
        "brig",
        "vol",
        "г",
        "гг",
        "им",
        "ул",
        "тыс",
        "млн",
        "млрд",
        "ген",
        "т",
        "д",
        "др",
        "вул",
        "тис",
        "р",
        "нр",
        "ok",
        "św",
        "ul",
        "tzw",
        "m.in",
        "usw",
        "bzw",
        "z.b",
        "sr",
        "sra",
        "dra",
        "mme",
    ]
)
_STARTERS = frozenset(
    [
        "the",
        "a",
        "an",
        "it",
        "he",
        "she",
        "they",
        "we",
        "but",
        "in",
        "on",
        "at",
        "this",
        "that",
        "these",
        "if",
        "as",
        "and",
        "for",
        "however",
    ]
)
_TERMINAL = re.compile(r"[.!?…:;。！？؟：][\"'”’»)\]]*\s*$")
_WRAP = 100
"""No line of a hard-wrapped text is longer."""
_LONGEST = 1_500
"""A longer run without an end is cut here, so that no later step meets an unbounded one."""


def split(text: str, title_end: int) -> list[Sentence]:
    """All sentences of a clean text, in order; the title is one sentence whatever it holds."""
    sentences: list[Sentence] = []
    _append(sentences, text, 0, title_end, Place.TITLE, None)
    lead: int | None = None
    for start, end, place in _paragraphs(text, title_end):
        if place is not Place.ITEM:
            lead = None
        for begin, stop in _ends(text, start, end):
            _append(sentences, text, begin, stop, place, lead if place is Place.ITEM else None)
        if place is not Place.ITEM and text[start:end].rstrip().endswith((":", "：")):
            lead = len(sentences) - 1
    return sentences


def index_at(starts: list[int], position: int) -> int:
    """The index of the sentence that holds `position`, given the starts of all."""
    return max(bisect_right(starts, position) - 1, 0)


def _append(out: list[Sentence], text: str, start: int, end: int, place: Place, lead: int | None) -> None:
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


def _paragraphs(text: str, begin: int) -> Iterator[tuple[int, int, Place]]:
    """Paragraphs as (start, end, place); the lines of a hard-wrapped text are joined."""
    wrapped = _is_wrapped(text, begin)
    start, last_end, last_length = -1, begin, 0
    for line_start, line_end in _lines(text, begin):
        bullet = _BULLET.match(text, line_start, line_end)
        line = text[line_start:line_end]
        goes_on = last_length >= 45 or line.lstrip()[:1].islower()
        flows = wrapped and start >= 0 and not bullet and line.strip() and goes_on
        if not (flows and not _TERMINAL.search(text, last_end - 4, last_end)) and start >= 0:
            yield start, last_end, _place(text, start, last_end)
            start = -1
        if line.strip():
            start = line_start if start < 0 else start
            last_end, last_length = line_end, line_end - line_start
    if start >= 0:
        yield start, last_end, _place(text, start, last_end)


def _lines(text: str, begin: int) -> Iterator[tuple[int, int]]:
    while begin < len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        yield begin, end
        begin = end + 1


def _is_wrapped(text: str, begin: int) -> bool:
    lengths = [len(line) for line in text[begin : begin + 6_000].split("\n") if line.strip()]
    return len(lengths) > 2 and max(lengths) <= _WRAP and sum(length >= 45 for length in lengths) > 2


def _place(text: str, start: int, end: int) -> Place:
    if _BULLET.match(text, start, end):
        return Place.ITEM
    if end - start <= 90 and not _TERMINAL.search(text, max(start, end - 8), end):
        return Place.HEADING
    if end - start <= 90 and text[start:end].rstrip().endswith("?") and text.count(" ", start, end) < 12:
        return Place.HEADING
    return Place.PARAGRAPH


def _ends(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    bullet = _BULLET.match(text, start, end)
    begin = bullet.end() if bullet else start
    for mark in _END.finditer(text, begin, end):
        if mark[0][0] == "." and not _full_stop(text, begin, mark.start(), mark.end(), end):
            continue
        yield begin, mark.end()
        begin = mark.end()
    yield begin, end


def _full_stop(text: str, begin: int, dot: int, after: int, end: int) -> bool:
    """Whether the dot at `dot` ends a sentence; "U.S.", initials and abbreviations do not."""
    following = text[after : min(after + 24, end)].lstrip().lstrip("\"'“‘«([")
    if following[:1].islower():
        return False
    before = text[max(begin, dot - 16) : dot]
    if _ACRONYM.search(before):
        return following.split(" ", 1)[0].lower() in _STARTERS
    word = _LAST_WORD.search(before)
    return not (word and (word[1].lower() in _ABBREVIATIONS or (len(word[1]) == 1 and word[1].isupper())))
