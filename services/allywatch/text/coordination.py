"""Names in a row: "Vietnam, Taiwan, and Japan" is one list."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from allywatch.text.names import Mention

_LIST_LINK = re.compile(
    r"(?:['’]s)?[\s,、，/&(]*"
    r"(?:\b(?:and|or|und|oder|et|ou|y|e|o|i|oraz|lub|та|і|й|и|или|và|hoặc|ir|un|ja|și|sau"
    r"|as well as|along with)\b"
    r"|和|与|與|及|や|と|및|와|과|و)?[\s,]*"
    r"(?:\b(?:the|also|even|in|from|to|la|le|les|l'|los|las|el|die|das|der|en|in|w|do|z|в|у|до)\b\s*)?$"
)


def listed_with(first: Mention, mentions: Sequence[Mention], text: str) -> list[Mention]:
    """The coordinated list that `first` belongs to: "Vietnam, Taiwan, and Japan" is one."""
    at = bisect_left([m.start for m in mentions], first.start)
    start = stop = at
    while start > 0 and linked(text, mentions[start - 1], mentions[start]):
        start -= 1
    while stop + 1 < len(mentions) and linked(text, mentions[stop], mentions[stop + 1]):
        stop += 1
    return list(mentions[start : stop + 1])


def lists_in(mentions: Sequence[Mention], text: str) -> list[list[Mention]]:
    """The names of a sentence as lists, most of one name each."""
    lists: list[list[Mention]] = []
    for mention in mentions:
        if lists and linked(text, lists[-1][-1], mention):
            lists[-1].append(mention)
        else:
            lists.append([mention])
    return lists


def linked(text: str, left: Mention, right: Mention) -> bool:
    """Whether nothing but a comma, an "and" or an article stands between two names."""
    return right.start - left.end <= 24 and bool(_LIST_LINK.fullmatch(text[left.end : right.start]))
