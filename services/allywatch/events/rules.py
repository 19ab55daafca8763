"""The table that turns a code and a relation into sign, mechanism and track."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from allywatch import configfile
from allywatch.errors import ConfigError
from allywatch.events.codebook import CameoCode
from allywatch_schemas import Mechanism, Modality, PloverRoot, Track


class Relation(StrEnum):
    """Who the other side is to the region, and in which direction it goes."""

    FROM_PATRON = "from_patron"
    TO_PATRON = "to_patron"
    FROM_ADVERSARY = "from_adversary"
    TO_ADVERSARY = "to_adversary"
    FROM_ALLY = "from_ally"
    """An ally is a region that rests on one of the same patrons."""
    TO_ALLY = "to_ally"
    FROM_OTHER = "from_other"
    TO_OTHER = "to_other"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
CodePrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,4}$")]


class Rule(_Strict):
    """What an event means for the region: `sign` -1..1 (more than 0: more risk), how, and on which track."""

    sign: float = Field(ge=-1, le=1)
    mechanism: Mechanism
    track: Track


class Provider(_Strict):
    """How far a coder of events is trusted, and how often it reads right."""

    source_weight: Share
    probability: Share
    salience: Share | None = None
    """Of every event; None: by its mentions."""


class Rules(_Strict):
    """The whole table; see the file for what each part means."""

    version: str = Field(max_length=100)
    modality: dict[CodePrefix, Modality]
    half_life_hours: dict[Track, Positive]
    tone_weight: float = Field(ge=0, le=0.1)
    providers: dict[str, Provider]
    other_providers: Provider
    rules: dict[Relation, dict[PloverRoot | CodePrefix, Rule | None]]

    def resolve(self, relation: Relation, code: CameoCode) -> tuple[str, Rule] | None:
        """The rule for a code, and its id; the most specific wins. None: no evidence."""
        if code.plover is None:
            return None
        table = self.rules[relation]
        for key in (*_prefixes(code.code), code.plover):
            if key in table:
                rule = table[key]
                return None if rule is None else (f"{relation.value}.{key}", rule)
        return None

    def modality_of(self, code: str) -> Modality:
        """How sure a code says it is."""
        found = next((self.modality[prefix] for prefix in _prefixes(code) if prefix in self.modality), None)
        return found or Modality.ASSERTED

    def provider(self, name: str) -> Provider:
        """The trust in a coder."""
        return self.providers.get(name, self.other_providers)


def _prefixes(code: str) -> tuple[str, ...]:
    return tuple(code[:length] for length in range(len(code), 1, -1))


def parse_rules(text: str, codebook: Mapping[str, CameoCode], file: str = "rules.yaml") -> Rules:
    """The table of a YAML file, whole and in agreement with the codebook.

    Raises:
        ConfigError: If there is one error, with file, line and fix.
        ExceptionGroup: Of ConfigError, if there are several.
    """
    rules, lines = configfile.parse(text, Rules, file)
    errors = [
        ConfigError(message, file=file, line=configfile.line_of(path, lines), fix=fix)
        for path, message, fix in _gaps(rules, codebook)
    ]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup(f"{file}: {len(errors)} errors", errors)
    return rules


def _gaps(rules: Rules, codebook: Mapping[str, CameoCode]) -> list[tuple[tuple[str, ...], str, str]]:
    gaps: list[tuple[tuple[str, ...], str, str]] = []
    for track in Track:
        if track not in rules.half_life_hours:
            gaps.append((("half_life_hours",), f"{track.value} has no half-life.", f"add {track.value}:."))
    for relation in Relation:
        table = rules.rules.get(relation)
        path = ("rules", relation.value)
        if table is None:
            gaps.append((("rules",), f"{relation.value} is missing.", f"add {relation.value}:."))
            continue
        for root in PloverRoot:
            if root not in table:
                gaps.append((path, f"{root.value} is missing.", f"add {root.value}: with a rule or null."))
        for key in table:
            if not isinstance(key, PloverRoot) and key not in codebook:
                gaps.append(((*path, key), f"{key} is no CAMEO code.", "correct the code, in quotes."))
    return gaps
