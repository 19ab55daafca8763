"""Cue phrases made ready for one search: a head to look for, and what must follow it within a few words."""

import re
from collections import defaultdict
from dataclasses import dataclass

from allywatch.text.folding import expand, fold, has_no_spaces, is_arabic
from allywatch.text.lexicon import GAP, LexiconFile, Rule

_WORD_START = "(?<![^ ])"
_REACH = 48
"""Characters in which all the following parts of a cue must begin."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of one cue phrase. `head` is folded text; `open_end`: any ending of its last word will do."""

    head: str
    open_end: bool
    tail: re.Pattern[str] | None
    language: str
    rule: Rule | None
    """None: noise."""

    def end_in(self, padded: str, end: int, limit: int) -> int | None:
        """Where the whole cue ends, given where its head ends in the folded text; None: it is not there."""
        if self.open_end:
            while end < limit and padded[end] != " ":
                end += 1
        elif end < limit and padded[end] != " " and not has_no_spaces(self.head[-1]):
            return None
        if self.tail is None:
            return end
        found = self.tail.match(padded, end, min(limit, end + 2 * _REACH))
        return found.end() if found else None


def anchored(phrase: str) -> str:
    """The folded phrase with the space that must stand before it, where its script has such spaces."""
    folded = " ".join(fold(phrase).split())
    return folded if has_no_spaces(folded[0]) or is_arabic(folded[0]) else " " + folded


def compile_cues(lexicon: LexiconFile) -> list[Cue]:
    """All forms of all cues and of all words of noise."""
    sources = [
        (rule, language, p) for rule in lexicon.rules for language, ps in rule.cues.items() for p in ps
    ]
    noise = [(None, language, phrase) for language, ps in lexicon.noise.items() for phrase in ps]
    return [cue for rule, language, phrase in [*sources, *noise] for cue in _forms(phrase, language, rule)]


def _forms(phrase: str, language: str, rule: Rule | None) -> list[Cue]:
    head, *following = _parts(phrase)
    tail = "".join(_following(part) for part in following)
    forms = dict.fromkeys(" ".join(form.split()) for form in expand(head))
    return [_cue(form, tail, language, rule) for form in forms if form]


def _cue(form: str, tail: str, language: str, rule: Rule | None) -> Cue:
    """One form; where a word within it has any ending, the words after that one are looked for separately."""
    head, star, rest = form.partition("* ")
    tail = (_following(rest) if rest else "") + tail
    return Cue(
        anchored(head.rstrip("*")),
        bool(star) or head.endswith("*"),
        re.compile(tail) if tail else None,
        language,
        rule,
    )


def _parts(phrase: str) -> list[str]:
    return [part.strip() for part in phrase.split(GAP)]


def _following(part: str) -> str:
    """A pattern for one later part: any of its forms, within reach, as whole words."""
    forms = sorted({_form(form) for form in expand(part) if form.strip(" *")}, key=len, reverse=True)
    return rf".{{0,{_REACH}}}?(?:{'|'.join(forms)})"


def _form(form: str) -> str:
    folded = " ".join(fold(form.rstrip("* ")).split())
    if has_no_spaces(folded[0]):
        return re.escape(folded)
    start = "(?<![^ ])(?:و|ب|ل|ف)?(?:ال)?" if is_arabic(folded[0]) else _WORD_START
    body = r"\S* ".join(re.escape(word) for word in folded.split()) if "*" in form else re.escape(folded)
    return start + body + (r"[^ ]*" if form.rstrip().endswith("*") else "(?![^ ])")


def compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all phrases, on folded text that begins with a space; None if there are none."""
    spaced: dict[str, list[str]] = defaultdict(list)
    joined: list[str] = []
    for phrase in phrases:
        head, *following = _parts(phrase)
        tail = "".join(_following(part) for part in following)
        for form in expand(head):
            if anchored(form).startswith(" "):
                word = _form(form)[len(_WORD_START) :] + tail
                spaced[word[0]].append(word[1:])
            else:
                joined.append(_form(form) + tail)
    initials = (
        f"{first}(?:{'|'.join(sorted(rest, key=len, reverse=True))})" for first, rest in spaced.items()
    )
    whole = [*joined, *([f"(?<= )(?:{'|'.join(initials)})"] if spaced else [])]
    return re.compile("|".join(whole)) if whole else None
