"""The lexicon of mechanisms: cue phrases by language, and what each says about a region. Data, checked."""

import re
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, field_validator

from allywatch.configfile import parse
from allywatch_schemas import Mechanism, PloverRoot, QuadClass, Track

LEXICON_VERSION = "2026-11-22"
"""Version of the lexicon and of the rules that apply it; stands in every item."""

GAP = "…"
"""In a cue: up to a few words may stand here."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


def _well_formed(phrase: str) -> str:
    for part in phrase.split(GAP):
        if not part.strip(" *{},"):
            raise ValueError(f"{phrase!r} has an empty part beside {GAP}")
        if re.search(r"\{[^}]*(?:\{|$)|^[^{]*\}|\}[^{]*\}", part):
            raise ValueError(f"braces of {phrase!r} do not pair, or hold {GAP} or other braces")
    return phrase


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_well_formed)]
Share = Annotated[float, Field(gt=0, le=1)]


class Needs(StrEnum):
    """Whose part in it must be known before a cue counts for a region."""

    PATRON = "patron"
    """A patron of the region acts or speaks."""
    PROTECTOR = "protector"
    """As `patron`; the region may also be one that merely counts on it, and has adversaries."""
    ALLIANCE = "alliance"
    """An alliance or a patron is spoken of; the region is one that a patron protects."""
    ADVERSARY = "adversary"
    """An adversary of the region, anywhere in the sentence or just before."""
    HOSTILE_ACT = "hostile_act"
    """An adversary acts on the region, or the region on it: both stand in the sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """One way to say one mechanism.

    `sign`: +1 more risk for the region. `probability`: that a match means what the rule says, where every
    part stands in the clause itself. With `plover_root` an asserted match is an event, any other a mechanism.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{2,60}$")]
    mechanism: Mechanism
    needs: Needs
    track: Track
    sign: Annotated[float, Field(ge=-1, le=1)]
    intensity: Share
    probability: Annotated[float, Field(ge=0.3, le=0.8)]
    half_life_hours: Annotated[float, Field(gt=0, le=2_000)]
    plover_root: PloverRoot | None = None
    quad: QuadClass | None = None
    cues: dict[Language, tuple[Phrase, ...]] = Field(min_length=1)


class LexiconFile(_Strict):
    """`mechanisms.yaml`. `noise`: words of sport, markets and the arts, which use the same verbs."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    rules: tuple[Rule, ...] = Field(min_length=1)
    noise: dict[Language, tuple[Phrase, ...]] = {}

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                raise ValueError(f"rule {rule.id!r} is given twice")
            seen.add(rule.id)
        return rules


class ModalityFile(_Strict):
    """`modality.yaml`: the words by language that make a clause less than asserted, by modality."""

    denied: dict[Language, tuple[Phrase, ...]]
    not_denied: dict[Language, tuple[Phrase, ...]]
    historic: dict[Language, tuple[Phrase, ...]]
    conditional: dict[Language, tuple[Phrase, ...]]
    speculative: dict[Language, tuple[Phrase, ...]]
    quoted_claim: dict[Language, tuple[Phrase, ...]]
    planned: dict[Language, tuple[Phrase, ...]]


class FurnitureFile(_Strict):
    """`furniture.yaml`: how lines of page furniture begin, and headings after which only links follow."""

    lines: tuple[Phrase, ...]
    link_headings: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the reader of articles takes from data."""

    mechanisms: LexiconFile
    modality: ModalityFile
    furniture: FurnitureFile


def parse_lexicon(text: str, file: str) -> LexiconFile:
    """Parse and validate `mechanisms.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, LexiconFile, file)[0]


def parse_modality(text: str, file: str) -> ModalityFile:
    """Parse and validate `modality.yaml`; raises as `parse_lexicon`."""
    return parse(text, ModalityFile, file)[0]


def parse_furniture(text: str, file: str) -> FurnitureFile:
    """Parse and validate `furniture.yaml`; raises as `parse_lexicon`."""
    return parse(text, FurnitureFile, file)[0]


def load_lexicon() -> Lexicon:
    """The lexicon of this package."""
    data = resources.files("allywatch.text") / "data"

    def read(name: str) -> str:
        return (data / name).read_text(encoding="utf-8")

    return Lexicon(
        parse_lexicon(read("mechanisms.yaml"), "mechanisms.yaml"),
        parse_modality(read("modality.yaml"), "modality.yaml"),
        parse_furniture(read("furniture.yaml"), "furniture.yaml"),
    )
