"""Which words to quote: the sentence, or the part of it around the cue, as published."""

from allywatch.text.clean import CleanText
from allywatch.text.sentences import Sentence

LONGEST_QUOTE = 300
_HARD_LIMIT = 2_000


def quote_span(page: CleanText, sentence: Sentence, cue_start: int, cue_end: int) -> tuple[int, int]:
    """The span in the published text to quote for a cue.

    The whole sentence if it is short, else about `LONGEST_QUOTE` characters of it around the cue, between
    words. Where markup stands within, the words of one unbroken run around the cue, so that no tag is quoted
    unless it stands within the cue itself.
    """
    start, end = _window(page.text, sentence, cue_start, cue_end)
    first, last = page.to_original(start, end)
    if "<" in page.original[first:last]:
        start, end = _unbroken(page, start, end, cue_start, cue_end)
        first, last = page.to_original(start, end)
    return first, min(last, first + _HARD_LIMIT)


def _window(text: str, sentence: Sentence, cue_start: int, cue_end: int) -> tuple[int, int]:
    if sentence.end - sentence.start <= LONGEST_QUOTE:
        return sentence.start, sentence.end
    cue_end = min(cue_end, cue_start + LONGEST_QUOTE, sentence.end)
    room = max(0, LONGEST_QUOTE - (cue_end - cue_start))
    start = max(sentence.start, cue_start - room // 2)
    end = min(sentence.end, start + LONGEST_QUOTE)
    if start > sentence.start:
        space = text.find(" ", start, cue_start)
        start = space + 1 if space >= 0 else start
    if end < sentence.end:
        space = text.rfind(" ", cue_end, end)
        end = space if space >= 0 else end
    return start, max(end, cue_end)


def _unbroken(page: CleanText, start: int, end: int, cue_start: int, cue_end: int) -> tuple[int, int]:
    """The longest run around the cue in which every character follows the one before it, without markup."""
    first, last = cue_start, cue_end
    while (
        first > start and "<" not in page.original[page.to_original(first - 1, first)[0] : _at(page, first)]
    ):
        first -= 1
    while last < end and "<" not in page.original[_at(page, last - 1) : page.to_original(last, last + 1)[1]]:
        last += 1
    while first < cue_start and page.text[first].isspace():
        first += 1
    while last > cue_end and page.text[last - 1].isspace():
        last -= 1
    return first, last


def _at(page: CleanText, position: int) -> int:
    return page.to_original(position, position + 1)[0]
