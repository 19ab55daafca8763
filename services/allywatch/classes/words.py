"""Sentences to symbols: words without their inflection, and one symbol for every name, number and date."""

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

NAME, NUMBER, DATE = "^", "#", "@"
ARTICLES = frozenset(("a", "an", "the"))
_LONGEST = 120
"""Tokens of a sentence that are looked at: more than any sentence of news has."""
_HEADING = 0.7
"""A text of which this share of longer words begin with capitals is a heading: they are no names there."""

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*|[$%]|[^\w\s]")
_MONTHS = frozenset(
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sept",
        "sep",
        "oct",
        "nov",
        "dec",
    ]
)
_DAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_FORMS = (
    "met:meet held:hold said:say says:say gave:giv given:giv sent:send took:tak taken:tak won:win "
    "fought:fight left:leav sought:seek told:tell went:go gone:go withdrew:withdraw "
    "withdrawn:withdraw shot:shoot overthrew:overthrow broke:break broken:break began:begin "
    "begun:begin made:mak found:find spoke:speak kept:keep laid:lay freed:fre frees:fre paid:pay "
    "stood:stand sued:su brought:bring lent:lend blew:blow struck:strike sank:sink sunk:sink "
    "tore:tear torn:tear hid:hide chose:choos rose:rise fell:fall forgave:forgiv forgiven:forgiv "
    "threw:throw thrown:throw drove:driv driven:driv bought:buy sold:sell agreed:agre "
    "disagreed:disagre guaranteed:guarante decreed:decre has:have had:have was:be were:be is:be "
    "are:be been:be being:be "
)
_IRREGULAR = dict(pair.split(":") for pair in _FORMS.split())


class Token(NamedTuple):
    """`symbol`: what the model sees; `word`: without inflection, of a name too; `start`: in characters."""

    symbol: str
    word: str
    start: int


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A lower-case English word without its inflection: "condemns", "condemned" and "condemning" are one.

    Not a dictionary form ("mak"); equal forms are all that is promised.
    """
    word = word.removesuffix("'s").removesuffix("’s")
    if len(word) <= 3:
        return _IRREGULAR.get(word, word)
    irregular = _IRREGULAR.get(word)
    return irregular if irregular else _without_ending(_singular(word))


def tokens(text: str) -> list[Token]:
    """The tokens of a sentence, in order; at most the first 120."""
    found = list(islice(_TOKEN.finditer(text), _LONGEST))
    words = [match.group() for match in found]
    heading = _is_heading(words)
    result, opens = [], True
    for match, word in zip(found, words, strict=True):
        symbol, plain, name, opens_next = _looked_up(word)
        if name and not opens and not heading:
            symbol = NAME
        result.append(Token(symbol, plain, match.start()))
        opens = opens_next
    return result


@lru_cache(maxsize=65_536)
def _looked_up(word: str) -> tuple[str, str, bool, bool]:
    """Symbol, word without inflection, if it is a name within a sentence, and if one opens behind it."""
    lower = word.lower()
    opens = word != "," and not word[0].isalnum()
    if word[0].isdigit():
        return NUMBER, NUMBER, False, opens
    capital = word[0].isupper()
    if lower in _DAYS or (capital and lower in _MONTHS):
        return DATE, DATE, False, opens
    plain = stem(lower)
    return plain, plain, capital, opens


def _is_heading(words: list[str]) -> bool:
    longer = [word for word in words if len(word) >= 4 and word[0].isalpha()]
    return len(longer) >= 4 and sum(word[0].isupper() for word in longer) >= _HEADING * len(longer)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_ending(word: str) -> str:
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ing") and len(word) > 5:
        word = _undoubled(word[:-3])
    elif word.endswith("ed") and len(word) > 4:
        word = _undoubled(word[:-2])
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _undoubled(word: str) -> str:
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sleo"
    return word[:-1] if doubled else word
