"""The lexicon of mechanisms: cue phrases by language, and what each says about a region. Data, checked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    field_validator,
)

from allywatch.configfile import parse
from allywatch_schemas import Mechanism, PloverRoot, QuadClass, Track

LEXICON_VERSION = "2026-11-23"
"""Version of the lexicon and of the rules that apply it; stands in every item."""

GAP = "…"
"""In a cue: up to a few words may stand here."""
EITHER_ORDER = "~"
"""In a cue of two parts: as a gap, and the parts may stand the other way round."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


def _well_formed(phrase: str) -> str:
    for part in re.split(f"{GAP}|{EITHER_ORDER}", phrase):
        if not part.strip(" *{},"):
            raise ValueError(f"{phrase!r} has an empty part beside {GAP} or {EITHER_ORDER}")
        if re.search(r"\{[^}]*(?:\{|$)|^[^{]*\}|\}[^{]*\}", part):
            raise ValueError(
                f"braces of {phrase!r} do not pair, or hold {GAP}, {EITHER_ORDER} or other braces"
            )
    if EITHER_ORDER in phrase and (GAP in phrase or phrase.count(EITHER_ORDER) > 1):
        raise ValueError(f"{phrase!r} has more parts than {EITHER_ORDER} can turn round")
    return phrase


Phrase = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_well_formed)]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{2,60}$")]
Share = Annotated[float, Field(gt=0, le=1)]


class Needs(StrEnum):
    """Whose part in it must be known before a cue counts for a region."""

    PATRON = "patron"
    """A patron of the region acts or speaks."""
    ALLIANCE = "alliance"
    """An alliance or a patron is spoken of; the region is one that a patron protects."""
    ADVERSARY = "adversary"
    """An adversary of the region is spoken of."""
    HOSTILE_ACT = "hostile_act"
    """An adversary acts on the region, or the two act together."""
    VICTIM = "victim"
    """It is done to the region; by whom is often not said."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(_Strict):
    """One way to say one mechanism.

    `sign`: +1 more risk for the region. `probability`: that a match means what the rule says, where every
    part stands in the clause itself. With `plover_root` an asserted match is an event, any other a mechanism.
    `opposite`: the rule that holds where the clause says that it ended or was called off; none: then nothing.
    """

    id: RuleId
    mechanism: Mechanism
    needs: Needs
    track: Track
    sign: Annotated[float, Field(ge=-1, le=1)]
    intensity: Share
    probability: Annotated[float, Field(ge=0.3, le=0.8)]
    half_life_hours: Annotated[float, Field(gt=0, le=2_000)]
    plover_root: PloverRoot | None = None
    quad: QuadClass | None = None
    opposite: RuleId | None = None
    cues: dict[Language, tuple[Phrase, ...]] = Field(min_length=1)


class Reversals(_Strict):
    """Words beside a cue that turn it into its opposite: "lifted its ban", "the talks collapse"."""

    before: dict[Language, tuple[Phrase, ...]] = {}
    after: dict[Language, tuple[Phrase, ...]] = {}


class LexiconFile(_Strict):
    """One file of `mechanisms/`, or all of them joined.

    `noise`: words of sport, markets and the arts, which use the same verbs.
    """

    version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    rules: tuple[Rule, ...] = ()
    noise: dict[Language, tuple[Phrase, ...]] = {}
    reversals: Reversals = Reversals()

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        seen: set[str] = set()
        for rule in rules:
            if rule.id in seen:
                raise ValueError(f"rule {rule.id!r} is given twice")
            seen.add(rule.id)
        return rules

    @property
    def by_id(self) -> dict[str, Rule]:
        """The rules by their id."""
        return {rule.id: rule for rule in self.rules}


class WordKind(StrEnum):
    """What a word of `modality.yaml` tells; the file says what each kind is."""

    HARMLESS = "harmless"
    DENIAL = "denial"
    NO_PLAN = "no_plan"
    NEGATION = "negation"
    PAST = "past"
    CONDITION = "condition"
    SUPPOSED = "supposed"
    POSSIBLE = "possible"
    WORRY = "worry"
    WEIGHING = "weighing"
    RUMOUR = "rumour"
    CLAIM = "claim"
    ACCORDING = "according"
    SAID = "said"
    ANNOUNCED = "announced"
    OWN_WORD = "own_word"
    WILL = "will"
    PLAN = "plan"
    CALL = "call"
    LATER = "later"
    ACTUAL = "actual"
    INFINITIVE = "infinitive"
    CONTRAST = "contrast"


class ModalityFile(RootModel[dict[WordKind, dict[Language, tuple[Phrase, ...]]]]):
    """`modality.yaml`: words by kind and language that tell how sure a text is of what it says."""

    model_config = ConfigDict(frozen=True)

    @field_validator("root")
    @classmethod
    def _complete(
        cls, words: dict[WordKind, dict[Language, tuple[Phrase, ...]]]
    ) -> dict[WordKind, dict[Language, tuple[Phrase, ...]]]:
        if missing := sorted(set(WordKind) - set(words)):
            raise ValueError(f"has no words of kind {missing[0]!r}")
        return words


class Words(_Strict):
    """The little words of one language; see `grammar.yaml`."""

    actor_after: tuple[str, ...] = ()
    target_after: tuple[str, ...] = ()
    origin_after: tuple[str, ...] = ()
    actor_ends: tuple[str, ...] = ()
    target_ends: tuple[str, ...] = ()
    says_after: tuple[str, ...] = ()
    says_before: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    passive_cue: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    object_first: bool = False


class GrammarFile(_Strict):
    """`grammar.yaml`: who acts and whom it concerns, by the little words of each language."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    languages: dict[Language, Words]


class FurnitureFile(_Strict):
    """`furniture.yaml`: what stands on a page beside its article, by language; the file says how."""

    starts: dict[Language, tuple[Phrase, ...]]
    lines: dict[Language, tuple[Phrase, ...]]
    within: dict[Language, tuple[Phrase, ...]]
    link_headings: dict[Language, tuple[Phrase, ...]]
    bylines: dict[Language, tuple[Phrase, ...]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything the reader of articles takes from data."""

    mechanisms: LexiconFile
    modality: ModalityFile
    furniture: FurnitureFile
    grammar: GrammarFile


def parse_lexicon(text: str, file: str) -> LexiconFile:
    """Parse and validate one file of `mechanisms/`.

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


def joined(files: Sequence[LexiconFile]) -> LexiconFile:
    """Several files as one.

    Raises:
        ValueError: No file, files of several versions, a rule given twice, or an opposite that is no rule.
    """
    versions = {file.version for file in files}
    if len(versions) != 1:
        raise ValueError(f"a lexicon has one version, not {sorted(versions)}")
    whole = LexiconFile(
        version=versions.pop(),
        rules=tuple(rule for file in files for rule in file.rules),
        noise=_together(file.noise for file in files),
        reversals=Reversals(
            before=_together(file.reversals.before for file in files),
            after=_together(file.reversals.after for file in files),
        ),
    )
    unknown = {rule.opposite for rule in whole.rules if rule.opposite} - whole.by_id.keys()
    if unknown:
        raise ValueError(f"no rule has the id {sorted(unknown)}, given as an opposite")
    return whole


def _together(parts: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    together: dict[str, tuple[str, ...]] = {}
    for part in parts:
        for language, phrases in part.items():
            together[language] = together.get(language, ()) + phrases
    return together


def _names(data: Traversable, folder: str) -> list[str]:
    return sorted(
        f"{folder}/{file.name}" for file in (data / folder).iterdir() if file.name.endswith(".yaml")
    )


@cache
def load_lexicon() -> Lexicon:
    """The lexicon of this package; read once, since two readers want it."""
    data = resources.files("allywatch.text") / "data"

    def read(name: str) -> str:
        return (data / name).read_text(encoding="utf-8")

    return Lexicon(
        joined([parse_lexicon(read(name), name) for name in _names(data, "mechanisms")]),
        parse_modality(read("modality.yaml"), "modality.yaml"),
        parse_furniture(read("furniture.yaml"), "furniture.yaml"),
        parse(read("grammar.yaml"), GrammarFile, "grammar.yaml")[0],
    )
