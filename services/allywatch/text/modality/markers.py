"""Where the words of `modality.yaml` stand in a sentence, by one automaton a language."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import ahocorasick_rs

from allywatch.text.folding import expand, fold, has_no_spaces, is_arabic
from allywatch.text.lexicon import GAP, WordKind

_REACH = 40
"""Characters within which the next part of a phrase must begin."""
_MOST = 60
"""Markers of one sentence that count; more stand only in text made to hurt."""
_HARMLESS = WordKind.HARMLESS.value
_JOINED = frozenset("وفبلس")
"""Particles that Arabic writes together with the word behind them."""


class Marker(NamedTuple):
    """A word or phrase of one kind at [start, end) of the sentence."""

    start: int
    end: int
    kind: str
    """The value of its `WordKind`; formatting a member of an enum takes longer than all the rest."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One form of one phrase, known by its head in the automaton; `tail`: what must follow the head."""

    kind: str
    joined: bool
    """Whether the script joins particles to its front."""
    open_end: bool
    tail: re.Pattern[str] | None


class Markers:
    """All the words of one language."""

    def __init__(self, phrases: Mapping[WordKind, Iterable[str]]) -> None:
        forms: dict[str, list[_Form]] = defaultdict(list)
        for kind, several in phrases.items():
            for phrase in several:
                for head, form in _forms(phrase, kind):
                    if form not in forms[head]:
                        forms[head].append(form)
        self._forms = tuple(map(tuple, forms.values()))
        self._whole = tuple(not has_no_spaces(head[-1]) for head in forms)
        self._automaton = ahocorasick_rs.AhoCorasick(list(forms))

    def find(self, padded: str) -> tuple[Marker, ...]:
        """The markers of a sentence, in order; those within a longer one, or a harmless one, do not count.

        `padded` is the folded sentence between two spaces; places are those of the sentence itself.
        """
        found: list[tuple[int, int, str]] = []
        for pattern, start, end in self._automaton.find_matches_as_indexes(padded, overlapping=True):
            for form in self._forms[pattern]:
                stop = _end(form, padded, end, self._whole[pattern])
                if stop is not None and not (form.joined and not _begins_word(padded, start)):
                    begin = start if padded[start] == " " else start - 1
                    found.append((begin, 1 - stop, form.kind))
        found.sort()
        return _outermost(found)


def _outermost(found: Iterable[tuple[int, int, str]]) -> tuple[Marker, ...]:
    kept: list[Marker] = []
    furthest = harmless = -1
    last: tuple[int, int] | None = None
    for begin, negative_end, kind in found:
        end = -negative_end
        if begin < harmless or (end <= furthest and (begin, end) != last):
            continue
        furthest, last = max(furthest, end), (begin, end)
        if kind == _HARMLESS:
            harmless = end
        elif len(kept) < _MOST:
            kept.append(Marker(begin, end, kind))
    return tuple(kept)


def _end(form: _Form, padded: str, end: int, whole: bool) -> int | None:
    if form.open_end:
        end = padded.find(" ", end)
    elif whole and padded[end] != " ":
        return None
    if form.tail is None:
        return end
    found = form.tail.match(padded, end)
    return found.end() if found else None


def _begins_word(padded: str, start: int) -> bool:
    before = padded[start - 1]
    return before == " " or (before in _JOINED and padded[start - 2] == " ")


def _forms(phrase: str, kind: WordKind) -> Iterable[tuple[str, _Form]]:
    """Every form of a phrase with the head by which it is found. A `*` in front: any beginning will do."""
    first, *rest = phrase.split(GAP)
    tail = "".join(_following(part) for part in rest)
    for form in expand(first.strip()):
        head, star, more = form.removeprefix("*").partition("*")
        pattern = (re.escape(_folded(more, " ")) if more.strip() else "") + tail
        folded = _folded(head)
        joined = is_arabic(folded[0])
        free = joined or has_no_spaces(folded[0]) or form.startswith("*")
        yield (
            folded if free else " " + folded,
            _Form(kind.value, joined, bool(star), re.compile(pattern) if pattern else None),
        )


def _following(part: str) -> str:
    choices = [
        re.escape(_folded(form.rstrip("*"))) + (r"[^ ]*" if form.endswith("*") else "(?![^ ])")
        for form in expand(part.strip())
        if form.strip(" *")
    ]
    spaced = "" if has_no_spaces(_folded(part.strip(" {"))[0]) else "(?<![^ ])"
    return rf".{{0,{_REACH}}}?{spaced}(?:{'|'.join(choices)})"


def _folded(text: str, lead: str = "") -> str:
    return lead + " ".join(fold(text).split())
