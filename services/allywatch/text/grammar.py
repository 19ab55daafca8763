"""Who acts and whom it concerns, read from the little words around a name: prepositions, cases, particles."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from allywatch.regions import NameKind
from allywatch.text.coordination import linked
from allywatch.text.folding import has_no_spaces
from allywatch.text.lexicon import GrammarFile, Words
from allywatch.text.names import Mention

_BEFORE, _AFTER = 40, 16
"""Characters before and after a name in which a little word counts."""


_YEAR = r"(?:19|20)\d\d"
_PARTICIPLE = re.compile(r"\w+ing\b")
"""Of the present: "is threatening" is no passive."""


class Function(Enum):
    """What a name is in its sentence, as far as the words beside it tell."""

    OPEN = auto()
    """They do not: the order of words decides."""
    ACTS = auto()
    CONCERNED = auto()
    """It is done to it, there, or for it."""
    ORIGIN = auto()
    """Something comes from it, or out of it: a threat, or troops that leave."""
    SAYS = auto()
    """It is only the source of the words."""


_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words of one language, compiled."""

    before: _Pattern | None
    after: _Pattern | None
    ending: _Pattern | None
    passive: _Pattern | None
    passive_cue: _Pattern | None
    object_first: bool

    def functions(self, text: str, mentions: Sequence[Mention], start: int, end: int) -> list[Function]:
        """What each of the mentions of the sentence at [start, end) is; the members of a list are alike."""
        found: list[Function] = []
        last = start
        for index, mention in enumerate(mentions):
            following = mentions[index + 1].start if index + 1 < len(mentions) else end
            function = self._function(text, mention, last, following)
            if function is Function.OPEN and index and linked(text, mentions[index - 1], mention):
                function = found[-1]
            found.append(function)
            last = mention.end
        return found

    def _function(self, text: str, mention: Mention, last: int, following: int) -> Function:
        if self.after is not None:
            said = self.after.match(text, mention.end, min(following, mention.end + _AFTER))
            if said is not None:
                return Function.SAYS
        if self.before is not None:
            begin = max(last, mention.start - _BEFORE)
            beside = self.before.match(text[begin : mention.start].lower())
            if beside is not None:
                return _FUNCTIONS[beside.lastgroup or ""]
        if self.ending is not None and mention.kind is not NameKind.DEMONYM:
            ends = self.ending.match(text, mention.end - 3, min(following, mention.end + _AFTER))
            if ends is not None:
                return _FUNCTIONS[ends.lastgroup or ""]
        return Function.OPEN

    def suffers(self, text: str, mention: Mention, cue_start: int, cue_end: int) -> bool:
        """Whether the name before a cue suffers what it says: "Taiwan was threatened"."""
        between = text[mention.end : cue_start].lower()
        if self.passive is not None and self.passive.search(between):
            return not _PARTICIPLE.match(text, cue_start)
        return self.passive_cue is not None and bool(
            self.passive_cue.match(text, cue_end, min(len(text), cue_end + 8))
        )


CONCERNS = frozenset({Function.CONCERNED, Function.ORIGIN})
"""Of a region: what is done to it, there, for it, or takes something from it."""

_FUNCTIONS = {
    "acts": Function.ACTS,
    "concerned": Function.CONCERNED,
    "origin": Function.ORIGIN,
    "says": Function.SAYS,
}


def compile_grammar(words: Words) -> Grammar:
    """The patterns of one language."""
    return Grammar(
        _before(words),
        _after(words.says_after),
        _ending(words),
        _passive(words.passive),
        _alternatives(words.passive_cue, r".{0,3}?(?:%s)"),
        words.object_first,
    )


def compile_all(file: GrammarFile) -> Mapping[str, Grammar]:
    """The grammars by language."""
    return {language: compile_grammar(words) for language, words in file.languages.items()}


def _joined(phrases: Sequence[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _alternatives(phrases: Sequence[str], form: str) -> _Pattern | None:
    return re.compile(form % _joined(phrases)) if phrases else None


def _before(words: Words) -> _Pattern | None:
    """The last little word before a name, at most three words and no comma away from it.

    Words of time stand for a new phrase: in "on Monday Russian warplanes", nothing is "on" the Russians.
    """
    groups = [
        f"(?P<{name}>{_joined(phrases)})"
        for name, phrases in (
            ("says", words.says_before),
            ("acts", words.actor_after),
            ("concerned", words.target_after),
            ("origin", words.origin_after),
        )
        if phrases
    ]
    if not groups:
        return None
    little = "|".join(groups)
    time = "|".join([_YEAR, *(re.escape(word).replace(r"\*", r"\w*") for word in words.times)])
    if has_no_spaces((words.actor_after or words.target_after)[0][0]):
        return re.compile(f".*(?:{little})(?:(?!{time})[^，。；、]){{0,4}}$", re.DOTALL)
    return re.compile(
        rf"(?:.*[\s(«“\"'’])?(?:{little})(?:\s+|['’])(?:(?!(?:{time})\b)[^\s,;:.()]+\s+){{0,3}}[«„“\"]?$",
        re.DOTALL,
    )


def _after(says: Sequence[str]) -> _Pattern | None:
    if not says:
        return None
    space = "" if has_no_spaces(says[0][0]) else r"\s+"
    return re.compile(
        rf"(?:['’]s)?{space}(?:\w+\s+)?(?:{_joined(says)})\b" if space else f".{{0,4}}(?:{_joined(says)})"
    )


def _ending(words: Words) -> _Pattern | None:
    groups = [
        f"(?P<{name}>{_joined(phrases)})"
        for name, phrases in (("acts", words.actor_ends), ("concerned", words.target_ends))
        if phrases
    ]
    if not groups:
        return None
    if has_no_spaces((words.actor_ends or words.target_ends)[0][0]):
        return re.compile(rf".{{3}}[^、。，\s]{{0,6}}?(?:{'|'.join(groups)})", re.DOTALL)
    return re.compile(rf".{{0,2}}?(?:{'|'.join(groups)})(?<=\w)(?!\w)", re.DOTALL)


def _passive(phrases: Sequence[str]) -> _Pattern | None:
    if not phrases:
        return None
    if has_no_spaces(phrases[0][0]):
        return re.compile(f"^.{{0,8}}(?:{_joined(phrases)}).{{0,16}}$", re.DOTALL)
    return re.compile(rf"(?:^|\s)(?:{_joined(phrases)})\s+(?:\S+\s+)?$")
