"""Characters as a reader sees them: nothing invisible, and one form of each letter."""

import re
import unicodedata
from collections.abc import Iterator

Change = tuple[int, int, str]
"""The span [start, end) of a text, and what a reader sees there."""

_PLAIN = bytes([9, 10, *range(32, 127)])
_REMOVED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
_MARKS = "\u0300-\u034e\u0350-\u036f\u3099\u309a"
_JAMO = "\u1100-\u115e\u1161-\u11ff"
_COMPATIBLE = "\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc"
_HALF_KANA = "\uff66-\uff9f"
_SAME_LENGTH = "\x0b-\x0d\x85\u1680\u2000-\u200a\u2028\u2029\u205f\ud800-\udfff"
_ODD = re.compile(f"[{_REMOVED}{_MARKS}{_JAMO}{_COMPATIBLE}{_HALF_KANA}{_SAME_LENGTH}\xa0\u202f\u3000]")
_EVENED = re.compile(f"[{_SAME_LENGTH}]")
_CHANGED = re.compile(f"[{_REMOVED}]+|[{_MARKS}]+|[{_JAMO}]+|[{_HALF_KANA}]+|[{_COMPATIBLE}]")
_REMOVED_ONLY = re.compile(f"[{_REMOVED}]")
_IS_MARK = re.compile(f"[{_MARKS}]")
_MOST_MARKS = 4
"""Marks on one letter that a script needs; more are there to hide it."""

_LINE_ENDS = frozenset("\x0b\x0c\r\x85\u2028\u2029")


def evened(text: str) -> tuple[str, bool]:
    r"""The same text, character by character, with one kind of space and one end of a line.

    Every space is " " and every end of a line "\n"; what is no character at all is U+FFFD. (Letters of other
    widths and look-alikes are a matter of `fold`, which only the search sees.)

    Returns:
        The text, and whether `changes` has more to say of it. Most articles come back as they are.
    """
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    if not rest or not _ODD.search(rest.decode("utf-8", "surrogatepass")):
        return text, False
    text = text.replace("\r\n", " \n").replace("\xa0", " ").replace("\u202f", " ").replace("\u3000", " ")
    text = _EVENED.sub(_evened, text)
    return text, _CHANGED.search(text) is not None


def changes(text: str) -> Iterator[Change]:
    """What `evened` cannot do character by character, in order: runs of nothing seen, or of one letter."""
    for found in _CHANGED.finditer(text):
        start, end = found.span()
        first = text[start]
        if _REMOVED_ONLY.match(first):
            yield start, end, ""
        elif _IS_MARK.match(first):
            yield from _composed(text, start, end)
        else:
            yield start, end, unicodedata.normalize("NFKC", found[0][:200])


def _composed(text: str, start: int, end: int) -> Iterator[Change]:
    """A letter and the marks behind it as one character; marks that make none (stress, strokes) go."""
    if start == 0 or not text[start - 1].isalpha():
        yield start, end, ""
        return
    yield start - 1, end, unicodedata.normalize("NFC", text[start - 1 : min(end, start + _MOST_MARKS)])[0]


def _evened(found: re.Match[str]) -> str:
    character = found[0]
    if character in _LINE_ENDS:
        return "\n"
    return "\ufffd" if "\ud800" <= character <= "\udfff" else " "
