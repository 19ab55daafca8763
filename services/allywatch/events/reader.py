"""Coded events to evidence: interstate, both directions, with the sign that fits the region's role."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

from allywatch.events.codebook import CameoCode, find, parse_codebook
from allywatch.events.rules import Provider, Relation, Rule, Rules, parse_rules
from allywatch.regions import Registry
from allywatch_schemas import DiplomaticEvent, Evidence, EvidenceKind, Modality, Role
from allywatch_schemas.identity import identity_of

FULL_SALIENCE_MENTIONS = 100
"""Mentions at which an event is as prominent as it can be; below it grows with the logarithm."""

MOST_CASTINGS = 32_768
"""Pairs of countries and codes that are remembered: the news is mostly about the same few."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a code means in a relation: all that does not depend on the single event."""

    code: CameoCode
    rule_id: str
    rule: Rule
    modality: Modality
    half_life_hours: float
    version: str


class _Casting(NamedTuple):
    """One region's part in events of one code between two countries."""

    region: str
    other: str
    role: Role
    relation: Relation
    reading: _Reading


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
        self._castings = lru_cache(maxsize=MOST_CASTINGS)(self._cast)

    @property
    def version(self) -> str:
        """The version of the table, as evidence carries it."""
        return self._rules.version

    def read(self, event: DiplomaticEvent) -> list[Evidence]:
        """The evidence of one event: one item for the target's region, one for the source's.

        Nothing for what happens within one country, for a side whose country is unknown, for a code that
        the table calls neutral, and where neither country is a region. Never raises for a valid event.
        """
        sides = event.source_actor.country, event.target_actor.country
        items = (self._item(event, casting) for casting in self._castings(*sides, event.cameo))
        return [item for item in items if item is not None]

    def heeds(self, source: str | None, target: str | None, cameo: str) -> bool:
        """Whether an event of this code between these countries may say anything: else `read` is empty."""
        return bool(self._castings(source, target, cameo))

    def _cast(self, source: str | None, target: str | None, cameo: str) -> tuple[_Casting, ...]:
        regions, countries = self._registry.regions, self._registry.countries
        if source is None or target is None or source == target or not {source, target} <= countries:
            return ()
        code = find(self._codebook, cameo)
        if code is None:
            return ()
        sides = ((target, source, Role.TARGET), (source, target, Role.SOURCE))
        out = []
        for region, other, role in sides:
            relation = relation_of(self._registry, region, other, role) if region in regions else None
            if relation and (reading := self._readings.get((relation, code.code))) is not None:
                out.append(_Casting(region, other, role, relation, reading))
        return tuple(out)

    def _item(self, event: DiplomaticEvent, casting: _Casting) -> Evidence | None:
        intensity = _intensity(event, casting.reading, self._rules.tone_weight)
        if intensity == 0:
            return None
        return _evidence(event, casting, intensity, self._rules.provider(event.provider))


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


def _readings(codebook: Mapping[str, CameoCode], rules: Rules) -> dict[tuple[Relation, str], _Reading]:
    readings = {}
    for relation in Relation:
        for code in codebook.values():
            resolved = rules.resolve(relation, code)
            if resolved is not None:
                rule_id, rule = resolved
                half_life = rules.half_life_hours[rule.track]
                readings[relation, code.code] = _Reading(
                    code, rule_id, rule, rules.modality_of(code.code), half_life, rules.version
                )
    return readings


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


def _evidence(event: DiplomaticEvent, casting: _Casting, intensity: float, provider: Provider) -> Evidence:
    region, other, role, relation, reading = casting
    is_patron = relation in (Relation.FROM_PATRON, Relation.TO_PATRON)
    is_adversary = relation in (Relation.FROM_ADVERSARY, Relation.TO_ADVERSARY)
    code, rule = reading.code, reading.rule
    return Evidence(
        id=evidence_id(event, region, role),
        doc_id=event.id,
        region=region,
        kind=EvidenceKind.EVENT,
        track=rule.track,
        mechanism=rule.mechanism,
        plover_root=code.plover,
        quad=code.quad,
        role=role,
        actor=event.source_actor.country,
        target=event.target_actor.country,
        patron=other if is_patron else None,
        adversary=other if is_adversary else None,
        sign=rule.sign,
        intensity=intensity,
        modality=reading.modality,
        probability=provider.probability,
        salience=salience_of(event.mentions) if provider.salience is None else provider.salience,
        source_weight=provider.source_weight,
        half_life_hours=reading.half_life_hours,
        event_time=event.occurred_at,
        quote=event.text or code.name,
        trigger=event.cameo,
        rule_id=reading.rule_id,
        lexicon_version=reading.version,
    )


def evidence_id(event: DiplomaticEvent, region: str, role: Role) -> str:
    """The id of what an event means for a region: the same event and version has it again."""
    return identity_of(event.id, str(event.version), region, role.value)
