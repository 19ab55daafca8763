"""Makes `data/actors.csv` from the actor dictionary of Phoenix (Open Event Data Alliance, MIT licence).

    python -m allywatch.ingest.phoenix Phoenix.Countries.actors.txt

The dictionary has an actor per block: a name, `+` other names, and indented lines with dated roles, such as
`[UKRGOV 100223-140222]`. Kept are names of persons and institutions with the country that most of their
roles name; dropped are names with a title before them (coders leave titles out), names of one word (places,
mostly, and family names), and whatever two blocks claim for two countries.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from allywatch.ingest.actors import PERSON
from allywatch.ingest.namewords import words_of
from allywatch.ingest.spelling import first_and_last, normal
from allywatch.ingest.tables import country_codes

_ROLE = re.compile(r"\[([A-Z]{3})[A-Z~]*[^\]]*\]")


def actors_of(lines: Iterable[str]) -> dict[str, str]:
    """Names in the normal form → alpha-3, of the lines of a Phoenix dictionary; ambiguous names left out."""
    claims: dict[str, set[str]] = {}
    for names, roles in _blocks(lines):
        country = _country_of(roles)
        for name in names if country else ():
            if " " in name and name.split(" ", 1)[0] not in words_of("title"):
                claims.setdefault(name, set()).add(country)
    return {name: countries.pop() for name, countries in claims.items() if len(countries) == 1}


def _country_of(roles: Counter[str]) -> str:
    """The country of most roles; empty where there is none, or two with as many."""
    first, second = [*roles.most_common(2), ("", 0), ("", 0)][:2]
    return "" if first[1] == second[1] else country_codes().get(first[0], "")


def _blocks(lines: Iterable[str]) -> Iterator[tuple[list[str], Counter[str]]]:
    names: list[str] = []
    roles: Counter[str] = Counter()
    for line in lines:
        said = line.partition("#")[0]
        if not said.strip():
            continue
        if said[0] not in "+\t ":
            yield names, roles
            names, roles = [], Counter()
        roles.update(_ROLE.findall(said))
        if said[0] not in "\t ":
            names.append(normal(said.partition("[")[0].replace("_", " ")))
    yield names, roles


def is_person(name: str) -> bool:
    """Whether a name in the normal form is a person's, as far as its words tell."""
    words = name.split(" ")
    return (
        2 <= len(words) <= 5
        and first_and_last(name) is not None
        and words_of("institution").isdisjoint(words)
    )


def write(actors: dict[str, str], out: TextIO) -> None:
    """One row for a name, by country, in order: the same dictionary gives the same bytes."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("alpha3", "kind", "name"))
    by_country = sorted((alpha3, name) for name, alpha3 in actors.items())
    table.writerows((alpha3, PERSON if is_person(name) else "other", name) for alpha3, name in by_country)


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", errors="replace") as dictionary:
        write(actors_of(dictionary), sys.stdout)
