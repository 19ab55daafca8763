"""What stands near a cue: its clause, its sentence, and the sentences that a reader still has in mind."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from allywatch.text.names import Mention
from allywatch.text.scanning import CueHit
from allywatch.text.sentences import Place, Sentence

_CLAUSE_BREAK = re.compile(
    r"[;；]|(?:,|\s[—–-])\s*(?:but|while|whereas|although|though|yet|because|mais|aber|während|pero|ale|але|но|однак)\s"
    r"|\s(?:while|whereas|although)\s|\s—\s?|—|，(?:但|而)|،\s*(?:لكن|بينما)"
)
_LIST_LINK = re.compile(
    r"(?:['’]s)?[\s,、，/&(]*"
    r"(?:\b(?:and|or|und|oder|et|ou|y|e|o|i|oraz|lub|та|і|й|и|или|và|hoặc|as well as|along with)\b"
    r"|和|与|與|及|や|と|및|와|과|و)?[\s,]*(?:\b(?:the|also|even|la|le|les|l'|los|las|el|die|das|der)\b\s*)?$"
)
_SPOKEN = re.compile(r"\s+(?:said|says|say|reported|reports|confirmed|added|announced)\b")
_REMEMBERED = 3
"""Sentences back that a reader still has in mind."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A cue and the names around it.

    `earlier`: mentions of the lead and of the sentences before, the nearest first, then of the title.
    """

    hit: CueHit
    clause: Sequence[Mention]
    sentence: Sequence[Mention]
    earlier: Sequence[Sequence[Mention]]
    text: str
    in_heading: bool

    def before(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Those that stand before the cue, the nearest first."""
        return [m for m in reversed(mentions) if m.end <= self.hit.start]

    def after(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Those that stand after the beginning of the cue, the nearest first."""
        return [m for m in mentions if m.start >= self.hit.start]

    def only_says_so(self, mention: Mention) -> bool:
        """Whether a name behind the cue tells whose words these are: ", observers in Japan said"."""
        return (
            mention.start >= self.hit.end
            and "," in self.text[self.hit.end : mention.start]
            and _SPOKEN.match(self.text, mention.end) is not None
        )


def passage_of(
    text: str,
    hit: CueHit,
    index: int,
    sentences: Sequence[Sentence],
    by_sentence: Sequence[Sequence[Mention]],
) -> Passage:
    """The passage of a cue that stands in sentence `index`."""
    sentence = sentences[index]
    begin, end = _clause(text, sentence, hit)
    own = by_sentence[index]
    clause = [m for m in own if begin <= m.start < end]
    return Passage(
        hit, clause, own, _earlier(index, sentences, by_sentence), text, sentence.place is Place.HEADING
    )


def _clause(text: str, sentence: Sentence, hit: CueHit) -> tuple[int, int]:
    begin, end = sentence.start, sentence.end
    for found in _CLAUSE_BREAK.finditer(text, sentence.start, sentence.end):
        if found.end() <= hit.start:
            begin = found.end()
        elif found.start() >= hit.end:
            end = found.start()
            break
    return begin, end


def _earlier(
    index: int, sentences: Sequence[Sentence], by_sentence: Sequence[Sequence[Mention]]
) -> list[Sequence[Mention]]:
    lead = sentences[index].lead
    last = index if lead is None else lead + 1
    order = [i for i in range(last - 1, max(-1, last - 1 - _REMEMBERED), -1)]
    if order and order[-1] > 0 and sentences[0].place is Place.TITLE:
        order.append(0)
    return [by_sentence[i] for i in order if by_sentence[i]]


def listed_with(first: Mention, mentions: Sequence[Mention], text: str) -> list[Mention]:
    """The coordinated list that `first` belongs to: "Vietnam, Taiwan, and Japan" is one."""
    at = bisect_left([m.start for m in mentions], first.start)
    start = stop = at
    while start > 0 and _linked(text, mentions[start - 1], mentions[start]):
        start -= 1
    while stop + 1 < len(mentions) and _linked(text, mentions[stop], mentions[stop + 1]):
        stop += 1
    return list(mentions[start : stop + 1])


def _linked(text: str, left: Mention, right: Mention) -> bool:
    return right.start - left.end <= 24 and bool(_LIST_LINK.fullmatch(text[left.end : right.start]))
