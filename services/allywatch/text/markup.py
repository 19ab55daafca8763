"""HTML as blocks of visible text, each run with its place. One linear pass; no tree, whatever the input."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_MARKUP = 6_000
"""Tags and entities of a page that are read; what comes after is not."""

_MARKUP = re.compile(
    r"<(?:(?P<end>/?)(?P<tag>[a-zA-Z][^\s<>/]{0,30})(?P<rest>[^<>]*+)(?P<close>>?)|!--|[!?])|&[#\w]{2,32};"
)
_RAW = frozenset(["script", "style", "textarea", "template", "svg", "iframe", "noscript", "object", "math"])
_NO_ARTICLE = frozenset(
    ["nav", "aside", "footer", "figcaption", "button", "label", "select", "dialog", "menu", "head", "audio"]
)
_BLOCKS = frozenset([
    "p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "td", "th", "table",
    "section", "article", "header", "blockquote", "pre", "hr", "main", "dd", "dt", "dl", "figure",
    "form", "address", "details", "summary", "body",
])  # fmt: skip
_VOID = frozenset([
    "br", "hr", "img", "input", "link", "meta", "wbr", "source", "track", "area", "base", "col", "embed",
])  # fmt: skip
_REVEALING = frozenset(["main", "article", "body"])
"""What begins or ends here is no part of a menu that somebody forgot to close."""
_WEIGHED = re.compile(
    r"""\s(?:class|id|role|itemprop)\s*=\s*(?:"[^"<>]{0,200}"|'[^'<>]{0,200}'|[\w-]{1,60})"""
)
_ATTRIBUTES = re.compile(r"(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>")
_VALUE = re.compile(r"\"[^\"]*\"?|'[^']*'?")
_UNSEEN = re.compile(r"\sstyle\s*=\s*[\"'][^\"']{0,300}?(?:display\s*:\s*none|visibility\s*:\s*hidden)")
_SPACES = re.compile(" {2,}")
_LONGEST_TAG = 2_000
_MOST_DOUBTFUL = 500
"""Tags within which a quotation mark has no partner; in more of them nobody looks for it."""
_MARK = 0x30000
_MARKS = 4_000

Run = tuple[int, int, str]
"""The span [start, end) of the markup, and what is seen there."""


@dataclass(slots=True)
class Block:
    """What is seen on one line: its runs in order, none of them empty."""

    start: int
    is_item: bool = False
    runs: list[Run] = field(default_factory=list)


class Markup:
    """What a browser would show of a page or fragment.

    `blocks`: in order, without those that show nothing. `outline`: the same without scripts, menus and most
    attributes, with a mark (`mark_of`) at the end of each block, for a library that weighs pages.
    """

    def __init__(self, body: str, most_characters: int) -> None:
        self.blocks: list[Block] = []
        self.tags_outlined = 0
        self._markup = self._doubtful = 0
        self._body = body
        self._left = most_characters
        self._block = Block(0)
        self._outline: list[str] = []
        self._hidden_by, self._depth = "", 0
        self._read()

    @property
    def outline(self) -> str:
        """The page in little; its size is bounded by what is seen of it."""
        return "".join(self._outline)

    def _read(self) -> None:
        position, body = 0, self._body
        found = self._next(position)
        while found and self._markup < MOST_MARKUP and self._left > 0:
            self._markup += 1
            self._show(position, found.start())
            tag = found["tag"]
            if tag:
                position = self._after_tag(found, tag.lower())
            elif found[0][0] == "&":
                position = found.end()
                self._see(found.start(), position, html.unescape(found[0]))
            else:
                position = _end_of(body, "-->" if found[0] == "<!--" else ">", found.end())
            found = self._next(position)
        if not found:
            self._show(position, len(body))
        self._break(len(body))

    def _next(self, position: int) -> re.Match[str] | None:
        """The next markup, if it stands before so much text that no more is read."""
        if self._hidden_by:
            return _MARKUP.search(self._body, position)
        found = _MARKUP.search(self._body, position, position + self._left + 1)
        return _MARKUP.match(self._body, found.start()) if found else None

    def _after_tag(self, found: re.Match[str], tag: str) -> int:
        """Take the tag in; where reading goes on."""
        closes, rest = bool(found["end"]), found["rest"]
        position = found.end()
        if rest and self._doubtful < _MOST_DOUBTFUL and (rest.count('"') % 2 or rest.count("'") % 2):
            self._doubtful += 1
            position = _end_of_tag(self._body, found)
        if tag in _RAW and not closes and not rest.endswith("/"):
            return _end_of_raw(self._body, tag, position)
        if self._hidden_by:
            self._in_hidden(tag, closes)
        elif not closes and tag not in _VOID and (tag in _NO_ARTICLE or _is_unseen(rest)):
            self._hidden_by, self._depth = tag, 1
        if not self._hidden_by:
            if tag in _BLOCKS:
                self._break(found.start(), is_item=tag == "li" and not closes)
            self._outline_tag(found, tag)
        return position

    def _outline_tag(self, found: re.Match[str], tag: str) -> None:
        if tag in _VOID:  # shows nothing; a thousand breaks of lines are a tenth of a second to weigh
            return
        rest = found["rest"]
        kept = "".join(_WEIGHED.findall(rest)) if rest and len(rest) < _LONGEST_TAG else ""
        self.tags_outlined += 1
        self._outline.append(f"<{found['end']}{tag}{kept}>")

    def _in_hidden(self, tag: str, closes: bool) -> None:
        if tag == self._hidden_by:
            self._depth += -1 if closes else 1
        elif tag in _REVEALING and self._hidden_by in _NO_ARTICLE:
            self._depth = 0
        if self._depth == 0:
            self._hidden_by = ""

    def _show(self, start: int, end: int) -> None:
        end = min(end, start + self._left)
        if start >= end or self._hidden_by:
            return
        text = self._body[start:end].replace("\n", " ").replace("\t", " ")
        if "  " not in text:
            self._see(start, end, text)
            return
        position = 0
        for gap in _SPACES.finditer(text):
            self._see(start + position, start + gap.start() + 1, text[position : gap.start() + 1])
            position = gap.end()
        self._see(start + position, end, text[position:])

    def _see(self, start: int, end: int, text: str) -> None:
        runs = self._block.runs
        if self._hidden_by or not text or (text.isspace() and (not runs or runs[-1][2].endswith(" "))):
            return
        if not runs or runs[-1][2].endswith(" "):
            start, text = start + len(text) - len(text.lstrip(" ")), text.lstrip(" ")
        if not runs:
            self._block.start = start
        runs.append((start, end, text))
        self._left -= len(text)
        self._outline.append(self._body[start:end])

    def _break(self, at: int, *, is_item: bool = False) -> None:
        if self._block.runs:
            self._outline.append(mark_of(len(self.blocks)))
            self.blocks.append(self._block)
            self._block = Block(at, is_item)
        else:
            self._block.is_item = self._block.is_item or is_item


def mark_of(block: int) -> str:
    """A character that no article holds, for the block of this number; "" beyond what there are."""
    return chr(_MARK + block) if block < _MARKS else ""


def marked_in(text: str) -> Iterator[int]:
    """The numbers of the blocks whose mark stands in `text`."""
    return (ord(each) - _MARK for each in text if _MARK <= ord(each) < _MARK + _MARKS)


def _is_unseen(rest: str) -> bool:
    """Whether the attributes of an element hide it."""
    if ("none" not in rest and "hidden" not in rest) or len(rest) > _LONGEST_TAG:
        return False
    return bool(_UNSEEN.search(rest)) or "hidden" in _VALUE.sub("", rest).split()


def _end_of(body: str, mark: str, start: int) -> int:
    """Behind the mark; without one, everything is hidden."""
    end = body.find(mark, start)
    return len(body) if end < 0 else end + len(mark)


def _end_of_tag(body: str, found: re.Match[str]) -> int:
    """Behind a tag in which a value with "<" or ">" may stand; at the next tag, where it has no end."""
    start = found.start("rest")
    attributes = _ATTRIBUTES.match(body, start, start + _LONGEST_TAG)
    return attributes.end() if attributes else found.end()


def _end_of_raw(body: str, tag: str, start: int) -> int:
    """Behind the end of an element whose content is no text of the page."""
    found = _RAW_ENDS[tag].search(body, start)
    return found.end() if found else len(body)


_RAW_ENDS = {tag: re.compile(rf"</{tag}\b[^<>]*>?", re.IGNORECASE) for tag in _RAW}
