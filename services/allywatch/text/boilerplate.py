"""Which blocks of a web page are its article: trafilatura weighs them, our own map keeps their places."""

import re

from allywatch.text.markup import Markup, marked_in

MOST_TAGS_WEIGHED = 1_500
"""Pages with more, menus and scripts not counted, are read whole: weighing takes up to 20 µs a tag."""
LONGEST_WEIGHED = 150_000
"""Characters of an outline; likewise."""

_PAGE = re.compile(r"<(?:!doctype\s|html[\s>]|body[\s>])", re.IGNORECASE)
_LEAST_FOUND = 150
"""Characters; less is a caption or a notice, not an article."""


def article_blocks(body: str, markup: Markup) -> list[int] | None:
    """The numbers of the blocks of `markup` that are the article of a page.

    None, and all of them are meant: it is a fragment, as feeds send it, which is all article; or a page too
    large to weigh in time; or no article was found in it.
    """
    if markup.tags_outlined > MOST_TAGS_WEIGHED or not _PAGE.search(body[:2_000]):
        return None
    outline = markup.outline
    if len(outline) > LONGEST_WEIGHED:
        return None
    chosen = sorted({number for number in marked_in(_weighed(outline)) if number < len(markup.blocks)})
    found = sum(len(text) for number in chosen for _, _, text in markup.blocks[number].runs)
    return chosen if found >= _LEAST_FOUND else None


def _weighed(outline: str) -> str:
    """The article's text as trafilatura finds it, "" where it finds none."""
    import trafilatura  # with its parsers it takes a second to import: only a worker that meets pages pays

    try:
        found = trafilatura.extract(
            outline, fast=True, include_comments=False, include_tables=True, with_metadata=False
        )
    except (ValueError, RuntimeError, AttributeError, TypeError, LookupError):  # RecursionError is one
        return ""  # what breaks its parser is read whole
    return found or ""
