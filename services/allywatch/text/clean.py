"""What a reader would read of an article, with a map back to what was published."""

import html
import re
from bisect import bisect_right
from dataclasses import dataclass

from allywatch_schemas import MediaType, NewsArticle

LONGEST_BODY = 200_000
"""Characters of a body that are read: what comes after is neither news nor worth the time."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_MARKUP = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]{0,20})(?P<rest>[^<>]{0,4000})>|<!|&[#\w]{2,32};"
)
_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "nav",
        "aside",
        "footer",
        "form",
        "figcaption",
        "button",
        "iframe",
        "svg",
        "template",
        "head",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "tr",
        "td",
        "th",
        "table",
        "section",
        "article",
        "header",
        "blockquote",
        "pre",
        "hr",
        "main",
        "dd",
        "dt",
    ]
)


@dataclass(frozen=True, slots=True)
class CleanText:
    r"""Readable text and where each of its characters stood.

    `original` is `title + "\n\n" + body` as published. `text` equals it (up to the length that is read)
    where there was nothing to take out; then `pieces` is empty.
    """

    text: str
    original: str
    title_end: int
    pieces: tuple[tuple[int, int, int], ...] = ()
    """(start in `text`, start in `original`, length in `original`) of each piece, in order."""

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """The span in `original` of the non-empty span [start, end) of `text`."""
        if not self.pieces:
            return start, end
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, position: int) -> tuple[int, int]:
        index = bisect_right(self.pieces, position, key=lambda piece: piece[0]) - 1
        begin, origin, length = self.pieces[index]
        following = self.pieces[index + 1][0] if index + 1 < len(self.pieces) else len(self.text)
        if following - begin == length:  # copied as it was, character by character
            return origin + position - begin, origin + position - begin + 1
        return origin, origin + length


def clean(article: NewsArticle) -> CleanText:
    """The article's title and body, without markup, page furniture in markup, and invisible characters."""
    head = article.title + "\n\n"
    body = article.body[:LONGEST_BODY]
    marked_up = article.media_type is MediaType.HTML and ("<" in body or "&" in body)
    text = head + body
    if not marked_up and (text.isascii() or not _INVISIBLE.search(text)):
        return CleanText(text, text, len(article.title))
    builder = _Builder()
    builder.visible(head, 0)
    if marked_up:
        _read_markup(body, len(head), builder)
    else:
        builder.visible(body, len(head))
    clean_head = len(_INVISIBLE.sub("", article.title))
    return CleanText("".join(builder.parts), text, clean_head, tuple(builder.pieces))


class _Builder:
    """Collects pieces of readable text with their origin."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.pieces: list[tuple[int, int, int]] = []
        self._length = 0

    def add(self, text: str, origin: int, length: int) -> None:
        if text:
            self.parts.append(text)
            self.pieces.append((self._length, origin, length))
            self._length += len(text)

    def visible(self, text: str, origin: int) -> None:
        position = 0
        for gap in _INVISIBLE.finditer(text):
            self.add(text[position : gap.start()], origin + position, gap.start() - position)
            position = gap.end()
        self.add(text[position:], origin + position, len(text) - position)


def _read_markup(body: str, base: int, builder: _Builder) -> None:
    """Append the readable text of `body`; linear in its length, whatever it holds."""
    position, hidden_by = 0, ""
    found = _MARKUP.search(body)
    while found:
        if not hidden_by:
            builder.visible(body[position : found.start()].replace("\n", " "), base + position)
        position = found.end()
        tag = (found["tag"] or "").lower()
        if tag:
            hidden_by = _after_tag(tag, bool(found["end"]), found["rest"], hidden_by)
            if not hidden_by and tag in _BLOCKS:
                builder.add("\n- " if tag == "li" and not found["end"] else "\n", base + found.start(), 0)
        elif found[0] == "<!":
            position = _end_of_comment(body, found.start())
        elif not hidden_by:
            builder.add(html.unescape(found[0]), base + found.start(), len(found[0]))
        found = _MARKUP.search(body, position)
    if not hidden_by:
        builder.visible(body[position:].replace("\n", " "), base + position)


def _after_tag(tag: str, closes: bool, rest: str, hidden_by: str) -> str:
    """The element that hides what follows, if any."""
    if hidden_by:
        return "" if closes and tag == hidden_by else hidden_by
    return tag if not closes and tag in _DROPPED and not rest.endswith("/") else ""


def _end_of_comment(body: str, start: int) -> int:
    """A comment or declaration ends at its mark; without one, everything after it is hidden."""
    mark = "-->" if body.startswith("<!--", start) else ">"
    end = body.find(mark, start)
    return len(body) if end < 0 else end + len(mark)
