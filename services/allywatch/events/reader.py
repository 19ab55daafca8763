"""Coded events to evidence: interstate, both directions, with the sign that fits the region's role."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from allywatch.events.codebook import CameoCode, find, parse_codebook
from allywatch.events.rules import Provider, Relation, Rule, Rules, parse_rules
from allywatch.regions import Registry
from allywatch_schemas import DiplomaticEvent, Evidence, EvidenceKind, Role
from allywatch_schemas.identity import identity_of

FULL_SALIENCE_MENTIONS = 100
"""Mentions at which an event is as prominent as it can be; below it grows with the logarithm."""

MOST_PAIRS = 65_536
"""Pairs of countries that are remembered: all there are."""

_FROM = frozenset({Relation.FROM_PATRON, Relation.FROM_ADVERSARY, Relation.FROM_ALLY, Relation.FROM_OTHER})
"""Relations in which the region is the target."""

_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a code means in a relation: all that does not depend on countries and the single event."""

    code: CameoCode
    rule: Rule
    said: Evidence
    """Of it, as far as it is known."""


class _Side(NamedTuple):
    """One region's part in events between two countries."""

    region: str
    patron: str | None
    adversary: str | None
    readings: Mapping[str, _Reading]
    """Of its relation to the other side, by code."""


def load_codebook() -> dict[str, CameoCode]:
    """The codebook that ships with the package."""
    return parse_codebook(_package_data("cameo.csv"))


def load_rules(codebook: Mapping[str, CameoCode]) -> Rules:
    """The table that ships with the package."""
    return parse_rules(_package_data("rules.yaml"), codebook)


def _package_data(name: str) -> str:
    return (resources.files("allywatch.events") / "data" / name).read_text(encoding="utf-8")


class EventReader:
    """Reads coded events for the regions of a registry. Build it once; `read` is pure."""

    def __init__(
        self,
        registry: Registry,
        codebook: Mapping[str, CameoCode] | None = None,
        rules: Rules | None = None,
    ) -> None:
        self._registry = registry
        self._codebook = codebook if codebook is not None else load_codebook()
        self._rules = rules if rules is not None else load_rules(self._codebook)
        self._readings = _readings(self._codebook, self._rules)
        self._sides = lru_cache(maxsize=MOST_PAIRS)(self._sides_of)

    @property
    def version(self) -> str:
        """The version of the table, as evidence carries it."""
        return self._rules.version

    def read(self, event: DiplomaticEvent) -> list[Evidence]:
        """The evidence of one event: one item for the target's region, one for the source's.

        Nothing for what happens within one country, for a side whose country is unknown, for a code that
        the table calls neutral, and where neither country is a region. Never raises for a valid event.
        """
        source, target, code = event.source_actor.country, event.target_actor.country, event.cameo
        if source == target or not (sides := self._sides(source, target)):
            return []
        if code not in self._codebook:
            code = found.code if (found := find(self._codebook, code)) else ""
        items = (self._item(event, side, side.readings.get(code)) for side in sides)
        return [item for item in items if item is not None]

    def heeds(self, source: str | None, target: str | None, cameo: str) -> bool:
        """Whether an event of this code between these countries may say anything: else `read` is empty."""
        if source == target or not (sides := self._sides(source, target)):
            return False
        return cameo not in self._codebook or any(cameo in side.readings for side in sides)

    def _sides_of(self, source: str | None, target: str | None) -> tuple[_Side, ...]:
        """The regions among two countries that are not the same, the target's first."""
        regions, countries = self._registry.regions, self._registry.countries
        if source is None or target is None or not {source, target} <= countries:
            return ()
        sides = ((target, source, Role.TARGET), (source, target, Role.SOURCE))
        return tuple(self._side(*each) for each in sides if each[0] in regions)

    def _side(self, region: str, other: str, role: Role) -> _Side:
        relation = relation_of(self._registry, region, other, role)
        return _Side(
            region,
            other if relation in (Relation.FROM_PATRON, Relation.TO_PATRON) else None,
            other if relation in (Relation.FROM_ADVERSARY, Relation.TO_ADVERSARY) else None,
            self._readings[relation],
        )

    def _item(self, event: DiplomaticEvent, side: _Side, reading: _Reading | None) -> Evidence | None:
        if reading is None:
            return None
        intensity = _intensity(event, reading, self._rules.tone_weight)
        if intensity == 0:
            return None
        return _evidence(event, side, reading.said, intensity, self._rules.provider(event.provider))


def relation_of(registry: Registry, region: str, other: str, role: Role) -> Relation:
    """Who `other` is to `region`, which has this role; a patron first of all, an adversary before an ally."""
    to_it = role is Role.TARGET
    patrons = registry.patrons_of(region)
    if other in patrons:
        return Relation.FROM_PATRON if to_it else Relation.TO_PATRON
    if other in registry.adversaries_of(region):
        return Relation.FROM_ADVERSARY if to_it else Relation.TO_ADVERSARY
    if not set(patrons).isdisjoint(registry.patrons_of(other)):
        return Relation.FROM_ALLY if to_it else Relation.TO_ALLY
    return Relation.FROM_OTHER if to_it else Relation.TO_OTHER


def _readings(codebook: Mapping[str, CameoCode], rules: Rules) -> dict[Relation, dict[str, _Reading]]:
    readings: dict[Relation, dict[str, _Reading]] = {}
    for relation in Relation:
        own = readings[relation] = {}
        for code in codebook.values():
            resolved = rules.resolve(relation, code)
            if resolved is not None:
                said = _said(relation, code, *resolved, rules)
                own[code.code] = _Reading(code, resolved[1], said)
    return readings


def _said(relation: Relation, code: CameoCode, rule_id: str, rule: Rule, rules: Rules) -> Evidence:
    """What events of a code mean in a relation, as far as both tell; the placeholders are filled in."""
    return Evidence(
        id="-",
        doc_id="-",
        region="NOWHERE",
        kind=EvidenceKind.EVENT,
        track=rule.track,
        mechanism=rule.mechanism,
        plover_root=code.plover,
        quad=code.quad,
        role=Role.TARGET if relation in _FROM else Role.SOURCE,
        sign=rule.sign,
        intensity=0,
        modality=rules.modality_of(code.code),
        probability=0,
        half_life_hours=rules.half_life_hours[rule.track],
        event_time=_UNDATED,
        quote=code.name,
        rule_id=rule_id,
        lexicon_version=rules.version,
    )


def _intensity(event: DiplomaticEvent, reading: _Reading, tone_weight: float) -> float:
    """|Goldstein| / 10, moved by at most `tone_weight` of itself by the documents' tone; 0..1."""
    goldstein = event.goldstein if event.goldstein is not None else reading.code.goldstein
    intensity = abs(goldstein) / 10
    if event.tone is not None:
        gloom = min(max(-event.tone / 10, -1.0), 1.0)
        intensity *= 1 + tone_weight * (gloom if reading.rule.sign > 0 else -gloom)
    return min(intensity, 1.0)


def salience_of(mentions: int) -> float:
    """log(1 + mentions) / log(101), at most 1: ten times the mentions is not ten times the news."""
    return min(math.log1p(mentions) / math.log1p(FULL_SALIENCE_MENTIONS), 1.0)


def _evidence(
    event: DiplomaticEvent, side: _Side, said: Evidence, intensity: float, provider: Provider
) -> Evidence:
    """What one event means; a valid event and a valid table leave nothing to check."""
    return said.restated(
        {
            "id": evidence_id(event, side.region, said.role),
            "doc_id": event.id,
            "region": side.region,
            "actor": event.source_actor.country,
            "target": event.target_actor.country,
            "patron": side.patron,
            "adversary": side.adversary,
            "intensity": intensity,
            "probability": provider.probability,
            "salience": salience_of(event.mentions) if provider.salience is None else provider.salience,
            "source_weight": provider.source_weight,
            "event_time": event.occurred_at,
            "quote": event.text or said.quote,
            "trigger": event.cameo,
        }
    )


def evidence_id(event: DiplomaticEvent, region: str, role: Role) -> str:
    """The id of what an event means for a region: the same event and version has it again."""
    return identity_of(event.id, str(event.version), region, role.value)
