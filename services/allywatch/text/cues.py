"""Cue phrases made ready for one search: a head to look for, and what must follow it within a few words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from allywatch.text.folding import expand, fold, has_no_spaces, is_arabic
from allywatch.text.lexicon import EITHER_ORDER, GAP, LexiconFile, Rule

_ALPHABETS = {"uk": 1, "ru": 1, "zh": 2, "ja": 2, "ko": 3, "ar": 4}
"""Languages by alphabet; all others share the Latin one."""
_WORD_START = "(?<![^ ])"
INITIALS = 3
_Starts = frozenset[str] | None
_REACH = 48
"""Characters in which each following part of a cue must begin."""
_SIGNS = "{},*" + GAP + EITHER_ORDER
_WORDS, _CHARACTERS = 7, 16
"""Words that may stand in a gap; characters, where the script has no words."""
WORDS_AHEAD = _WORDS + 3
"""Words behind a head that are looked at: one more than a gap holds, the rest of the head's, one to spare."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One form of one cue phrase. `head` is folded text; `open_end`: any ending of its last word will do."""

    head: str
    open_end: bool
    tail: str
    """A pattern for what must follow within a few words, and may be nothing; empty: nothing must."""
    language: str
    rule: Rule | None
    """None: noise."""
    starts: frozenset[str] | None = None
    """How the word after a gap may begin, in `INITIALS` letters, for a quick look; None: any way."""

    def may_stand_in(self, language: str | None) -> bool:
        """Whether it counts in an article of this language (BCP 47 without region; None: not known)."""
        return (
            language is None
            or language == self.language
            or _ALPHABETS.get(language) != _ALPHABETS.get(self.language)
        )

    def end_in(self, padded: str, end: int, limit: int) -> int | None:
        """Where the whole cue ends, given where its head ends in the folded text; None: it is not there."""
        if self.open_end:
            while end < limit and padded[end] != " ":
                end += 1
        elif end < limit and padded[end] != " " and not has_no_spaces(self.head[-1]):
            return None
        if not self.tail:
            return end
        found = _compiled(self.tail).match(padded, end, min(limit, end + 2 * _REACH))
        return found.end() if found else None


@cache
def _compiled(tail: str) -> re.Pattern[str]:
    """Compiled when it is first needed: of thousands of tails an article asks for a few."""
    return re.compile(tail)


def beginnings(padded: str, end: int) -> set[str]:
    """How the words within reach of a head that ends at `end` begin."""
    return {
        word[:INITIALS] for word in padded[end : end + 2 * _REACH + INITIALS].split(None, WORDS_AHEAD - 1)
    }


def anchored(phrase: str) -> str:
    """The folded phrase with the space that must stand before it, where its script has such spaces."""
    return _anchored(fold(phrase))


def _anchored(folded: str) -> str:
    words = " ".join(folded.split())
    return words if has_no_spaces(words[0]) or is_arabic(words[0]) else " " + words


def _folded(phrase: str) -> str:
    """The phrase folded at once, with its signs as they were: folding keeps the place of every character."""
    return "".join(sign if sign in _SIGNS else own for sign, own in zip(phrase, fold(phrase), strict=True))


def compile_cues(lexicon: LexiconFile) -> list[Cue]:
    """All forms of all cues and of all words of noise; those of one rule with one head are one cue."""
    sources = [
        (rule, language, p) for rule in lexicon.rules for language, ps in rule.cues.items() for p in ps
    ]
    noise = [(None, language, phrase) for language, ps in lexicon.noise.items() for phrase in ps]
    tails: dict[tuple[str | None, str, str, bool], dict[str, _Starts]] = defaultdict(dict)
    for rule, language, phrase in [*sources, *noise]:
        for head, open_end, tail, starts in _forms(_folded(phrase)):
            tails[rule.id if rule else None, language, head, open_end][tail] = starts
    rules = lexicon.by_id
    return [
        Cue(
            head,
            open_end,
            "|".join(sorted(found, key=len, reverse=True)),
            language,
            rules[id] if id else None,
            _any_of(found.values()),
        )
        for (id, language, head, open_end), found in tails.items()
    ]


def starts_of_any(cues: Iterable[Cue]) -> frozenset[str] | None:
    """How the word after a gap may begin in any of the cues; None: any way."""
    return _any_of(cue.starts for cue in cues)


def _any_of(starts: Iterable[_Starts]) -> _Starts:
    known: set[str] = set()
    for some in starts:
        if some is None:
            return None
        known |= some
    return frozenset(known)


def _forms(phrase: str) -> Iterator[tuple[str, bool, str, _Starts]]:
    """Head, whether its last word may have any ending, the pattern of what follows, and how that begins."""
    if EITHER_ORDER in phrase:
        first, second = phrase.split(EITHER_ORDER)
        yield from _forms(f"{first.strip()} {GAP} {second.strip()}")
        yield from _forms(f"{second.strip()} {GAP} {first.strip()}")
        return
    head, *following = _parts(phrase)
    tail = "".join(_following(part) for part in following)
    starts = _starts(following[0]) if following else None
    for form in dict.fromkeys(" ".join(form.split()) for form in expand(head)):
        if form:
            yield _form_of_head(form, tail, starts)


def _form_of_head(form: str, tail: str, starts: _Starts) -> tuple[str, bool, str, _Starts]:
    """One form; where a word within it has any ending, the words after that one are looked for separately."""
    head, star, rest = form.partition("* ")
    if rest:
        tail, starts = _following(rest) + tail, _starts(rest)
    return _anchored(head.rstrip("*")), bool(star) or head.endswith("*"), tail, starts


def _starts(part: str) -> _Starts:
    """How the first word of a part may begin; None where no few letters tell."""
    starts: set[str] = set()
    for form in expand(part):
        word = form.replace("*", "* ").split()[0] if form.strip(" *") else ""
        letters = word.rstrip("*")
        if not letters or not _has_words(letters) or is_arabic(letters[0]):
            return None
        if word.endswith("*") and len(letters) < INITIALS:
            return None
        starts.add(letters[:INITIALS])
    return frozenset(starts)


def _parts(phrase: str) -> list[str]:
    return [part.strip() for part in phrase.split(GAP)]


def _following(part: str) -> str:
    """A pattern for one later part: any of its forms, within reach, as whole words."""
    forms = sorted({form for form in expand(part) if form.strip(" *")}, key=len, reverse=True)
    written = [_form(form) for form in forms]
    if all(_has_words(form) for form in forms):
        return rf"(?: +[^ ]+){{0,{_WORDS}}}? +(?:{_by_initial(written)})"
    return rf".{{0,{_CHARACTERS}}}?(?:{'|'.join(written)})"


def _by_initial(written: list[str]) -> str:
    """Patterns of words as alternatives by their first letter, so that most are passed over at one look."""
    grouped: dict[str, list[str]] = defaultdict(list)
    others: list[str] = []
    for pattern in written:
        word = pattern.removeprefix(_WORD_START)
        if len(word) == len(pattern) or not word[0].isalnum() or not word[1:2].isalpha():
            others.append(word)
        else:
            grouped[word[0]].append(word[1:])
    return "|".join([*(f"{first}(?:{'|'.join(rest)})" for first, rest in grouped.items()), *others])


def _has_words(form: str) -> bool:
    return not has_no_spaces(form.strip()[0])


def _form(form: str) -> str:
    folded = " ".join(form.replace("*", " ").split())
    if has_no_spaces(folded[0]):
        return re.escape(folded)
    start = "(?<![^ ])(?:و|ب|ل|ف)?(?:ال)?" if is_arabic(folded[0]) else _WORD_START
    body = r"\S* ".join(re.escape(word) for word in folded.split()) if "*" in form else re.escape(folded)
    return start + body + (r"[^ ]*" if form.rstrip().endswith("*") else "(?![^ ])")


def compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str] | None:
    """One pattern for all phrases, on folded text that begins with a space; None if there are none."""
    spaced: dict[str, list[str]] = defaultdict(list)
    joined: list[str] = []
    for phrase in map(_folded, phrases):
        head, *following = _parts(phrase)
        tail = "".join(_following(part) for part in following)
        for form in expand(head):
            if _anchored(form).startswith(" "):
                word = _form(form)[len(_WORD_START) :] + tail
                spaced[word[0]].append(word[1:])
            else:
                joined.append(_form(form) + tail)
    initials = (
        f"{first}(?:{'|'.join(sorted(rest, key=len, reverse=True))})" for first, rest in spaced.items()
    )
    whole = [*joined, *([f"(?<= )(?:{'|'.join(initials)})"] if spaced else [])]
    return re.compile("|".join(whole)) if whole else None
