"""Sentences whose source and target are marked: who does it, and to whom."""

import re
from dataclasses import dataclass

Span = tuple[int, int]
"""[start, end) in characters of the sentence's text."""

_TAG = re.compile(r"</?[st]>")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence without tags, and where its source and its target stand; None: not known."""

    text: str
    source: Span | None = None
    target: Span | None = None


def unmarked(text: str) -> str:
    """The text without `<s>`, `</s>`, `<t>`, `</t>`."""
    return _TAG.sub("", text)


def from_tags(tagged: str) -> MarkedSentence:
    """Read `<s>Poland</s> accused <t>Belarus</t>`. The first of several sources or targets counts.

    A tag that is never closed marks nothing; any input is accepted.
    """
    return MarkedSentence(unmarked(tagged), _span(tagged, "s"), _span(tagged, "t"))


def _span(tagged: str, tag: str) -> Span | None:
    opening, closing = f"<{tag}>", f"</{tag}>"
    at = tagged.find(opening)
    end = tagged.find(closing, at + len(opening))
    if at < 0 or end < 0:
        return None
    start = len(unmarked(tagged[:at]))
    return start, start + len(unmarked(tagged[at + len(opening) : end]))
