"""The country in the words of a name: `Israeli Defense Forces`, `Bank of Japan`, `Communist Party of Nepal`.

`data/name_words.csv` gives the words: `demonym` (a country's people and adjective), `elsewhere` (words that
look like a country's and are not, such as `Latin American`), `international` (a name with them is nobody's),
`family` (a country's name that people bear too: it counts only behind `of`, `in`, `for` or `the`); for who
makes `actors.csv`, also `title` (before a person's name) and `institution` (in no person's name).
"""

import csv
from functools import cache
from importlib.resources import files

from allywatch.ingest.spelling import normal
from allywatch.ingest.tables import country_names

_LONGEST = 6
_BEFORE_A_PLACE = frozenset({"of", "in", "for", "the"})
_NOWHERE = ""
_NOBODYS = "*"
_MEANINGS = {"demonym": "", "international": _NOBODYS}
"""Of the kinds that say something: what their words mean; empty: the country of their row."""


def country_in_words(form: str) -> str | None:
    """The one country (alpha-3) that the words of a name in the normal form say.

    Empty where they say that it is nobody's, or several; None where they say nothing.
    """
    words = form.split(" ")
    known, family = _words()
    found: set[str] = set()
    at = 0
    while at < len(words):
        length, means = _longest(words, at, known)
        if means == _NOBODYS:
            return _NOWHERE
        borne = length == 1 and words[at] in family and (at == 0 or words[at - 1] not in _BEFORE_A_PLACE)
        if means and not borne:
            found.add(means)
        at += length
    if not found:
        return None
    return found.pop() if len(found) == 1 else _NOWHERE


def _longest(words: list[str], at: int, known: dict[str, str]) -> tuple[int, str]:
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        means = known.get(" ".join(words[at : at + length]))
        if means is not None:
            return length, means
    return 1, _NOWHERE


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of a kind that says nothing of a country, in the normal form: such as `family`."""
    return frozenset(word for _, of, words in _rows() if of == kind for word in words)


@cache
def _words() -> tuple[dict[str, str], frozenset[str]]:
    known = {normal(name): alpha3 for name, alpha3 in country_names().items()}
    for alpha3, kind, words in _rows():
        if kind in _MEANINGS:
            known.update(dict.fromkeys(words, _MEANINGS[kind] or alpha3))
    known.update(dict.fromkeys(words_of("elsewhere"), _NOWHERE))
    return known, words_of("family")


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    text = files("allywatch.ingest").joinpath("data", "name_words.csv").read_text(encoding="utf-8")
    cells = list(csv.reader(text.splitlines()))[1:]
    return tuple((alpha3, kind, tuple(map(normal, words.split(";")))) for alpha3, kind, words in cells)
