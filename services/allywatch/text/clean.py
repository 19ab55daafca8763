"""What a reader would read of an article, with a map back to what was published."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from allywatch.text.boilerplate import article_blocks
from allywatch.text.characters import changes, evened
from allywatch.text.markup import Block, Markup
from allywatch_schemas import MediaType, NewsArticle

LONGEST_BODY = 100_000
"""Characters of a body that are read, without markup: what comes after is neither news nor worth the time."""
LONGEST_PAGE = 1_000_000
"""The same, with markup."""

_MOST_PIECES = 4_000
"""Changes within one text; where there are more, somebody hides something, and the rest is not read."""

Piece = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class CleanText:
    r"""Readable text and where each of its characters stood.

    `original` is `title + "\n\n" + body` as published. `text` has the same length as what is read of it where
    there was nothing to take out; then `pieces` is empty, and each character stands for the one in its place.
    """

    text: str
    original: str
    title_end: int
    pieces: tuple[Piece, ...] = ()
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
        if following - begin == length:  # character by character
            return origin + position - begin, origin + position - begin + 1
        return origin, origin + length


def clean(article: NewsArticle) -> CleanText:
    """The article's title and body as read: no markup, boilerplate of pages, or characters that nobody sees.

    Bounded: at most `LONGEST_BODY` characters of text, `LONGEST_PAGE` with markup, and so much of either as
    six thousand tags and four thousand changes of characters take.
    """
    marked_up = article.media_type is MediaType.HTML and ("<" in article.body or "&" in article.body)
    head = article.title + "\n\n"
    original = head + article.body[: LONGEST_PAGE if marked_up else LONGEST_BODY]
    text, changed = evened(original)
    if not marked_up and not changed:
        return CleanText(text, original, len(article.title))
    builder = _Builder(changed)
    builder.add(text[: len(article.title)], 0, len(article.title))
    title_end = builder.length
    builder.add(text[len(article.title) : len(head)], len(article.title), len(head))
    if marked_up:
        builder.add_blocks(_blocks(text[len(head) :]), len(head))
    else:
        builder.add(text[len(head) :], len(head), len(text))
    return CleanText("".join(builder.parts), original, title_end, builder.pieces)


def _blocks(body: str) -> list[Block]:
    markup = Markup(body, LONGEST_BODY)
    chosen = article_blocks(body, markup)
    return markup.blocks if chosen is None else [markup.blocks[number] for number in chosen]


class _Builder:
    """Collects pieces of readable text with their origin."""

    def __init__(self, changed: bool) -> None:
        self.parts: list[str] = []
        self.length = 0
        self._pieces: list[Piece] = []
        self._changed = changed
        self._copied_to = 0
        """Where in the original the last piece ends, if it is one of the same length."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """All pieces; none, where every character stands in its place."""
        if len(self._pieces) == 1 and self._pieces[0] == (0, 0, self.length):
            return ()
        return tuple(self._pieces)

    def add_blocks(self, blocks: Iterable[Block], base: int) -> None:
        """Each block is one line."""
        for number, block in enumerate(blocks):
            lead = ("\n" if number else "") + ("- " if block.is_item else "")
            self._put(lead, base + block.start, base + block.start)
            for start, end, text in block.runs:
                self.add(text, base + start, base + end)

    def add(self, text: str, start: int, end: int) -> None:
        """Text that stands for [start, end) of the original, without what is not seen in it."""
        if text.isascii() or not (self._changed or end - start != len(text)):
            self._put(text, start, end)
        elif end - start != len(text):  # an entity, which may stand for anything
            seen, _ = evened(text)
            self._put("".join(_without(seen)), start, end)
        else:
            self._add_changed(text, start)

    def _add_changed(self, text: str, origin: int) -> None:
        position = 0
        for start, end, seen in changes(text):
            if start < position:
                continue
            self._put(text[position:start], origin + position, origin + start)
            self._put(seen, origin + start, origin + end)
            position = end
            if len(self._pieces) > _MOST_PIECES:
                return
        self._put(text[position:], origin + position, origin + len(text))

    def _put(self, text: str, start: int, end: int) -> None:
        if not text:
            return
        same_length = len(text) == end - start
        if same_length and start == self._copied_to and self._pieces:
            begin, origin, length = self._pieces[-1]
            self._pieces[-1] = (begin, origin, length + len(text))
        else:
            self._pieces.append((self.length, start, end - start))
        self.parts.append(text)
        self.length += len(text)
        self._copied_to = end if same_length else -1


def _without(text: str) -> Iterable[str]:
    position = 0
    for start, end, seen in changes(text):
        yield text[position:start] + seen
        position = end
    yield text[position:]
