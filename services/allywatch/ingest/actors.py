"""Whose actor a name is: leaders, ministries, parties, armed groups, as coders of events spell them.

Three tables say it: `data/people.csv`, what we know ourselves; `data/actors.csv`, which `phoenix` makes;
`data/name_words.csv`, countries' adjectives. Nobody learns from the events themselves: a name has the same
country whatever else a file says, and whatever comes later in it.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from allywatch.ingest.namewords import country_in_words
from allywatch.ingest.spelling import first_and_last, normal
from allywatch.ingest.tables import country_of_name

SEPARATOR = ";"
"""Between the names of a cell of `people.csv`."""

PERSON = "person"
"""The kind of an actor that is found by first and last name as well, whatever stands between them."""

NOBODYS = ""
"""In place of a country: a name that several countries' actors bear, or an international body."""

_IN_PARENTHESES = re.compile(r"\(([^()]*)\)\s*$")


@lru_cache(maxsize=65_536)
def country_of_actor(name: str) -> str | None:
    """The country (alpha-3) an actor stands for, or None: unknown, ambiguous, or no country's.

    What stands in parentheses at the end decides (`Citizen (Poland)`); without it the whole name.
    In this order: a country's name; the name in the tables; a country's name or adjective among the words,
    where no other one is; a person's first and last name in the larger table.
    """
    inside = _IN_PARENTHESES.search(name)
    if inside is None:
        return country_of_name(name) or _country_of(normal(name)) or None
    return country_of_name(inside[1]) or _country_of(normal(inside[1])) or _branch_of(name)


def _branch_of(name: str) -> str | None:
    """The country of a name that has its parentheses in the table: `Janata Dal (United)`."""
    return _tables()[0].country_of(normal(name)) or None


def _country_of(form: str) -> str | None:
    ours, theirs = _tables()
    found = ours.country_of(form)
    if found is None:
        found = ours.country_of_person(form)
    if found is None:
        found = theirs.country_of(form)
    if found is None:
        found = country_in_words(form)
    return theirs.country_of_person(form) if found is None else found


class _Table:
    """The actors of one file, by name and by a person's first and last name."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Of rows (alpha-3, kind, name in the normal form)."""
        self._by_name: dict[str, str] = {}
        self._by_last: defaultdict[str, list[str]] = defaultdict(list)
        for alpha3, kind, name in rows:
            if self._by_name.setdefault(name, alpha3) != alpha3:
                self._by_name[name] = NOBODYS
            if kind == PERSON:
                self._by_last[name.rpartition(" ")[2]].append(name)

    def country_of(self, form: str) -> str | None:
        return self._by_name.get(form)

    def country_of_person(self, form: str) -> str | None:
        """The country of all who share first and last name; None where there is none, or two."""
        wanted = first_and_last(form)
        if wanted is None:
            return None
        namesakes = (name for name in self._by_last.get(wanted[1], ()) if first_and_last(name) == wanted)
        countries = {self._by_name[name] for name in namesakes}
        return countries.pop() if len(countries) == 1 else None


@cache
def _tables() -> tuple[_Table, _Table]:
    return _Table(our_rows()), _Table(their_rows())


def our_rows() -> Iterator[tuple[str, str, str]]:
    """Alpha-3, kind and name in the normal form, of `people.csv`."""
    for alpha3, kind, names in csv.reader(_lines("people.csv")):
        for name in names.split(SEPARATOR):
            yield alpha3, kind, normal(name)


def their_rows() -> Iterator[tuple[str, str, str]]:
    """The same of `actors.csv`."""
    return ((alpha3, kind, name) for alpha3, kind, name in csv.reader(_lines("actors.csv")))


def _lines(table: str) -> list[str]:
    text = files("allywatch.ingest").joinpath("data", table).read_text(encoding="utf-8")
    return text.splitlines()[1:]
