"""What stands near a cue: its clause, its sentence, and the sentences that a reader still has in mind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allywatch.text.grammar import Function, Grammar
from allywatch.text.names import Mention
from allywatch.text.scanning import CueHit
from allywatch.text.sentences import REMEMBERED, Place, Sentence

_CLAUSE_BREAK = re.compile(
    r"[;；]|(?:,|\s[—–-])\s*(?:but|while|whereas|although|though|yet|because|mais|aber|während|pero|ale|але|но|однак)\s"
    r"|\s(?:while|whereas|although)\s|\s—\s?|—|，(?:但|而)|،\s*(?:لكن|بينما)"
)
_FORESEEN = 2
"""Sentences on that say of whom the talk was."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A cue and the names around it.

    `earlier`: mentions of the lead and of the sentences before, the nearest first, then of the title, then of
    the next sentences. `title`: those of the title.
    """

    hit: CueHit
    clause: Sequence[Mention]
    sentence: Sequence[Mention]
    earlier: Sequence[Sequence[Mention]]
    title: Sequence[Mention]
    text: str
    in_heading: bool
    functions: Mapping[int, Function]
    """By the place of each mention of the sentence."""
    grammar: Grammar

    def before(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Those that stand before the cue, the nearest first."""
        return [m for m in reversed(mentions) if m.end <= self.hit.start]

    def after(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Those that stand after the beginning of the cue, the nearest first."""
        return [m for m in mentions if m.start >= self.hit.start]

    def function(self, mention: Mention) -> Function:
        """What the mention is in its sentence."""
        return self.functions.get(mention.start, Function.OPEN)

    def acts_by_word(self, mention: Mention) -> bool:
        """Whether a word beside it tells that it acts: "by China"."""
        return self.function(mention) is Function.ACTS

    def suffers(self, mention: Mention) -> bool:
        """Whether it stands before the cue, and the cue is in the passive."""
        return mention.end <= self.hit.start and self.grammar.suffers(
            self.text, mention, self.hit.start, self.hit.end
        )


def passage_of(
    text: str,
    hit: CueHit,
    index: int,
    sentences: Sequence[Sentence],
    by_sentence: Sequence[Sequence[Mention]],
    functions: Mapping[int, Function],
    grammar: Grammar,
) -> Passage:
    """The passage of a cue that stands in sentence `index`, whose mentions have these functions."""
    sentence = sentences[index]
    begin, end = _clause(text, sentence, hit)
    own = by_sentence[index]
    clause = [m for m in own if begin <= m.start < end]
    return Passage(
        hit,
        clause,
        own,
        _earlier(index, sentences, by_sentence),
        by_sentence[0] if sentences[0].place is Place.TITLE else (),
        text,
        sentence.place is Place.HEADING,
        functions,
        grammar,
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
    order = [i for i in range(last - 1, max(-1, last - 1 - REMEMBERED), -1)]
    if order and order[-1] > 0 and sentences[0].place is Place.TITLE:
        order.append(0)
    order.extend(
        i
        for i in range(index + 1, min(len(sentences), index + 1 + _FORESEEN))
        if sentences[i].place is Place.PARAGRAPH
    )
    return [by_sentence[i] for i in order if by_sentence[i]]
