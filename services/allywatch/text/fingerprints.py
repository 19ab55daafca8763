"""The fingerprint of an article: equal for copies of one text, whatever stands around it."""

import re
from collections.abc import Sequence

from allywatch.text.clean import CleanText
from allywatch.text.folding import fold
from allywatch.text.furniture import Furniture, Span
from allywatch_schemas.identity import identity_of

_AGENCY = re.compile(r"\([A-Z][\w .&/-]{1,30}\)")


def fingerprint_of(clean: CleanText, body: str, doc_id: str) -> str:
    """32 hexadecimal digits: of the body's words without furniture, dateline and byline.

    Without a body it is of the title, without both of the id: empty articles are no copies of each other.
    """
    words = _words(body) or _words(clean.text[: clean.title_end])
    return identity_of(words) if words else identity_of("", doc_id)


def furniture_of(clean: CleanText, furniture: Furniture, own_name: str) -> list[Span]:
    """What of the body is no part of the article, as spans in order."""
    return furniture.spans(clean.text, min(clean.title_end + 2, len(clean.text)), own_name)


def body_of(clean: CleanText, furniture: Sequence[Span]) -> str:
    """The body as it stands in any outlet: without furniture, dateline, byline and agency in brackets."""
    parts: list[str] = []
    position = min(clean.title_end + 2, len(clean.text))
    for start, end in furniture:
        if start >= position:
            parts.append(clean.text[position:start])
        position = max(position, end)
    parts.append(clean.text[position:])
    return _AGENCY.sub(" ", " ".join(parts))


def _words(text: str) -> str:
    """The words, one space between each and the next."""
    words = fold(text)
    while "  " in words:
        words = words.replace("  ", " ")
    return words.strip()
