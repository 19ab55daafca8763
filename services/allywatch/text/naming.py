"""What tells the meanings of a name apart: the data of `naming.yaml`, checked and compiled."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from allywatch.configfile import parse
from allywatch.text.cues import anchored, compile_phrases
from allywatch.text.folding import expand

NEARBY = 240
"""Characters before and after an ambiguous name in which its context is looked for."""

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200)]

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NamingRule(_Strict):
    """How to read some ambiguous names, as the registry writes them.

    `for_` and `against`: phrases that decide when they stand nearby, the nearest first. `otherwise`: what
    the name means where nothing near it decides, true for its actor. `given_name`: it may be one, so that
    a capitalised word after it is the family's.
    """

    names: tuple[Phrase, ...] = Field(min_length=1)
    for_: tuple[Phrase, ...] = Field((), alias="for")
    against: tuple[Phrase, ...] = ()
    otherwise: bool = False
    given_name: bool = False


class NamingFile(_Strict):
    """`naming.yaml`.

    `ordinary`: words that may stand in capitals beside a name and make no longer name of it. `other_after`:
    words after a name that make another name of it. `states`: what follows a town of the same name in
    America ("Moscow, Idaho"). `small_letters`: the languages that write peoples with a small letter, so that
    a capital one within a sentence begins a family name. `given_names`: before a name that is not a leader's
    they make a person of it ("Jack London").
    """

    ordinary: tuple[Phrase, ...]
    other_after: tuple[Phrase, ...]
    states: tuple[Phrase, ...]
    small_letters: tuple[Language, ...] = ()
    given_names: tuple[Phrase, ...] = ()
    rules: tuple[NamingRule, ...] = ()

    @model_validator(mode="after")
    def _one_rule_for_each_name(self) -> Self:
        names = [name for rule in self.rules for name in rule.names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{twice[0]!r} has two rules; merge them")
        return self


class DecoysFile(_Strict):
    """`decoys.yaml`: longer names and set phrases that hold a name and mean something else, by language."""

    decoys: dict[Language, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class NameRule:
    """A rule, compiled for folded text that begins with a space."""

    speaks_for: re.Pattern[str] | None
    speaks_against: re.Pattern[str] | None
    otherwise: bool
    given_name: bool

    def verdict(self, padded: str, start: int, end: int) -> bool | None:
        """Which phrase near [start, end) is nearest: one for, one against; None: there is neither."""
        window = padded[max(0, start - NEARBY) : end + NEARBY]
        place = min(start, NEARBY)
        pro = _nearest(self.speaks_for, window, place)
        contra = _nearest(self.speaks_against, window, place)
        if pro is None or contra is None:
            return None if pro is contra else contra is None
        return pro < contra


def _compiled(rule: NamingRule) -> NameRule:
    return NameRule(
        compile_phrases(rule.for_), compile_phrases(rule.against), rule.otherwise, rule.given_name
    )


def _nearest(pattern: re.Pattern[str] | None, window: str, place: int) -> int | None:
    if pattern is None:
        return None
    return min((abs(found.start() - place) for found in pattern.finditer(window)), default=None)


class Naming:
    """The data of `naming.yaml` and `decoys.yaml`, compiled."""

    def __init__(self, data: NamingFile, decoys: DecoysFile) -> None:
        self.ordinary = frozenset(data.ordinary)
        self.other_after = frozenset(data.other_after)
        self.given_names = frozenset(data.given_names)
        self.small_letters = frozenset(data.small_letters)
        self.decoys = frozenset(
            anchored(form)
            for phrases in decoys.decoys.values()
            for phrase in phrases
            for form in expand(phrase)
        )
        states = "|".join(re.escape(state) for state in sorted(data.states, key=len, reverse=True))
        self._state = re.compile(rf",\s({states})(?!\w)")
        self._rules = {
            name: NameRule(
                compile_phrases(rule.for_), compile_phrases(rule.against), rule.otherwise, rule.given_name
            )
            for rule in data.rules
            for name in rule.names
        }

    def rule_of(self, name: str) -> NameRule | None:
        """The rule for an ambiguous name as the registry writes it, if it has one of its own."""
        return self._rules.get(name)

    def state_after(self, text: str, end: int) -> str | None:
        """The state of the United States that follows what ends at `end`, as in "Moscow, Idaho"."""
        found = self._state.match(text, end)
        return found[1] if found else None


def parse_naming(text: str, file: str) -> NamingFile:
    """Parse and validate `naming.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, NamingFile, file)[0]


def parse_decoys(text: str, file: str) -> DecoysFile:
    """Parse and validate `decoys.yaml`; raises as `parse_naming`."""
    return parse(text, DecoysFile, file)[0]


@cache
def load_naming() -> Naming:
    """The rules of this package."""
    data = resources.files("allywatch.text") / "data"

    def read(name: str) -> str:
        return (data / name).read_text(encoding="utf-8")

    return Naming(
        parse_naming(read("naming.yaml"), "naming.yaml"), parse_decoys(read("decoys.yaml"), "decoys.yaml")
    )
