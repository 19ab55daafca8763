"""Whose report it is: publishers' houses, and the agencies that an article cites. Data, checked."""

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from typing import Annotated, Self

import ahocorasick_rs
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from allywatch.configfile import parse
from allywatch_schemas import Source

MOST_CITED = 8
"""Families that a document names at most, as the contract has it."""

_EDGE = 300
"""Characters at the start and at the end of a body where a credit stands."""
_CONTEXT = 60
"""Characters before and after a name that are looked at."""

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Family(_Strict):
    """One house, with its web sites and what others call it."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    name: Phrase
    agency: bool = False
    domains: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")], ...] = ()
    names: tuple[Phrase, ...] = ()


class PublishersFile(_Strict):
    """`publishers.yaml`."""

    families: tuple[Family, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for what, given in (
            ("family", [each.id for each in self.families]),
            ("domain", [domain for each in self.families for domain in each.domains]),
            ("name", [name for each in self.families for name in each.names]),
        ):
            if twice := sorted({each for each in given if given.count(each) > 1}):
                raise ValueError(f"{what} {twice[0]!r} is given twice")
        return self


class CitingFile(_Strict):
    """`citing.yaml`."""

    credits: tuple[Phrase, ...] = Field(min_length=1)
    before: dict[Language, tuple[Phrase, ...]]
    after: dict[Language, tuple[Phrase, ...]]
    between: tuple[Phrase, ...] = ()


class Publishers:
    """The houses, and how texts cite them; compiled."""

    def __init__(self, publishers: PublishersFile, citing: CitingFile) -> None:
        self._of_domain = {domain: each.id for each in publishers.families for domain in each.domains}
        self._of_name = {
            name.casefold(): each.id for each in publishers.families for name in (each.name, *each.names)
        }
        named = [(name, each.id) for each in publishers.families for name in each.names]
        self._families = [family for _, family in named]
        self._automaton = ahocorasick_rs.AhoCorasick(
            [name for name, _ in named], matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        between = _any(citing.between)
        self._credited = re.compile(rf"(?:^|\W){_any(citing.credits)}\s*$")
        self._before = re.compile(
            rf"(?:^|\W){_any(_all(citing.before))}(?:\s+{between}){{0,2}}\s*[\"“”„«»'’]?$"
        )
        self._after = re.compile(rf"[\"“”»'’]?(?:\s+{between}){{0,2}},?\s+{_any(_all(citing.after))}(?!\w)")

    def family_of(self, source: Source) -> str | None:
        """The house of a source, by its web site or its name; None: it stands alone, as far as is known."""
        domain = source.id.lower()
        while "." in domain:
            if (found := self._of_domain.get(domain)) is not None:
                return found
            domain = domain.partition(".")[2]
        return self._of_name.get(source.id.casefold()) or self._of_name.get(source.name.casefold())

    def cited(self, text: str, begin: int = 0) -> tuple[str, ...]:
        """The families that a text names as its source, in order of the alphabet; `begin`: of its body.

        A dateline, byline or credit at an edge of the body says whose the whole text is, and counts alone.
        """
        credits, cited = set[str](), set[str]()
        for start, end, family in self._named(text):
            at_edge = begin <= start < begin + _EDGE or end > len(text) - _EDGE
            if at_edge and self._is_credit(text, start, end):
                credits.add(family)
            elif family not in cited and self._is_cited(text, start, end):
                cited.add(family)
        return tuple(sorted(credits or cited)[:MOST_CITED])

    def _named(self, text: str) -> Iterator[tuple[int, int, str]]:
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                yield start, end, self._families[index]

    def _is_credit(self, text: str, start: int, end: int) -> bool:
        opened, closed = text[start - 1 : start], text[end : end + 1]
        if opened in {"(", "/", "["} and closed in {")", "/", "]", ","}:
            return True
        return bool(self._credited.search(text[max(0, start - _CONTEXT) : start].lower()))

    def _is_cited(self, text: str, start: int, end: int) -> bool:
        if self._before.search(text[max(0, start - _CONTEXT) : start].lower()):
            return True
        return bool(self._after.match(text[end : end + _CONTEXT].lower()))


def _any(phrases: Iterable[str]) -> str:
    longest_first = sorted({phrase.casefold() for phrase in phrases}, key=lambda each: (-len(each), each))
    return "(?:" + "|".join(re.escape(each) for each in longest_first) + ")"


def _all(by_language: dict[Language, tuple[Phrase, ...]]) -> list[str]:
    return [phrase for phrases in by_language.values() for phrase in phrases]


def parse_publishers(text: str, file: str) -> PublishersFile:
    """Parse and validate `publishers.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, PublishersFile, file)[0]


def parse_citing(text: str, file: str) -> CitingFile:
    """Parse and validate `citing.yaml`; raises as `parse_publishers`."""
    return parse(text, CitingFile, file)[0]


def load_publishers() -> Publishers:
    """The houses and the ways of citing them that this package ships.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
    """
    data = resources.files("allywatch.text") / "data"
    publishers, citing = (
        (data / name).read_text(encoding="utf-8") for name in ("publishers.yaml", "citing.yaml")
    )
    return Publishers(parse_publishers(publishers, "publishers.yaml"), parse_citing(citing, "citing.yaml"))
