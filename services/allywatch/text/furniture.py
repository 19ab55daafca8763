"""What stands on a page beside the article: menus, links, the outlet's own name, datelines."""

import re

from allywatch.text.lexicon import FurnitureFile

_LONGEST_LINE = 240
_HEADLINE = re.compile(r"[^.!?。！？]{1,160}$")
_DATELINE = re.compile(
    r"\s{0,20}[A-ZÀ-Þ][\w'’.]*(?:[ /,-]{1,3}[A-ZÀ-Þ0-9][\w'’.]*){0,6}[ ,]{0,3}"
    r"(?:\([^()\n]{2,30}\)\s?)?[-–—]{1,2}\s+(?=\S)"
    r"|\s{0,20}\([A-Z][\w .&/-]{1,30}\)\s?[-–—]{1,2}\s+"
)
"""`RIGA, March 2 (Agency) - `. Words and what joins them share no character: matching stays linear."""
_BYLINE = re.compile(r"\s*By [A-Z][\w'’.-]+(?: [A-Z][\w'’.-]+){1,3}(?:,? (?:and|,) [A-Z][\w'’. -]+)?\s*$")

Span = tuple[int, int]


class Furniture:
    """The data of `furniture.yaml`, compiled."""

    def __init__(self, words: FurnitureFile) -> None:
        starts = "|".join(re.escape(line.casefold()) for line in sorted(words.lines, key=len, reverse=True))
        self._line = re.compile(rf"\s*[-*•|>]*\s*(?:{starts})(?!\w)")
        self._link_headings = frozenset(heading.casefold() for heading in words.link_headings)

    def spans(self, text: str, begin: int, own_name: str) -> list[Span]:
        """What of `text` from `begin` on is no part of the article, as spans in order.

        Datelines and bylines at the start, lines of furniture, headlines of other stories after a heading
        such as "Related", and the outlet's own name wherever it stands.
        """
        found = [*self._lines(text, begin), *_own_name(text, own_name)]
        opening = _first_line(text, begin)
        dateline = _DATELINE.match(text, opening[0], min(opening[1], opening[0] + 120))
        if dateline:
            found.append(dateline.span())
        return sorted(found)

    def _lines(self, text: str, begin: int) -> list[Span]:
        found: list[Span] = []
        among_links = False
        while begin < len(text):
            end = text.find("\n", begin)
            end = len(text) if end < 0 else end
            if end - begin <= _LONGEST_LINE and (line := text[begin:end].strip()):
                folded = line.casefold().lstrip("-*•|> ")
                heads = folded.rstrip(":：") in self._link_headings
                among_links = heads or (among_links and bool(_HEADLINE.match(line)))
                if among_links or self._line.match(folded) or _BYLINE.match(line):
                    found.append((begin, end))
            elif end > begin:
                among_links = False
            begin = end + 1
        return found


def _first_line(text: str, begin: int) -> Span:
    while begin < len(text) and text[begin].isspace():
        begin += 1
    end = text.find("\n", begin)
    return begin, len(text) if end < 0 else end


def _own_name(text: str, name: str) -> list[Span]:
    """Where the outlet names itself; a name of one word may well be a country's, and is left alone."""
    name = re.sub(r"^the\s+", "", name.strip(), flags=re.IGNORECASE)
    if len(name.split()) < 2:
        return []
    return [found.span() for found in re.finditer(re.escape(name), text, flags=re.IGNORECASE)]
