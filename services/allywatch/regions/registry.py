"""The registry: who is who, who rests on whom, who is exposed to whom. Text in, frozen values out."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from types import MappingProxyType

from allywatch import configfile
from allywatch.regions.model import (
    ActorEntry,
    ActorKind,
    ContagionSettings,
    Exposure,
    Name,
    Patron,
    Region,
    RegionEntry,
    RegionKind,
    RegistryFile,
)
from allywatch.regions.names import (
    merged_endings,
    merged_leaders,
    names_in_language,
    names_of_entry,
    names_of_leaders,
)
from allywatch.regions.spelling import Source
from allywatch.regions.validation import check


@dataclass(frozen=True, slots=True)
class Registry:
    """Regions, actors, names and exposures. Built by `parse_registry`; nothing in it changes.

    `version` is what the data calls itself; `digest` is the SHA-256 of what it says, whatever its
    layout in files.
    """

    version: str
    digest: str
    regions: Mapping[str, Region]
    actors: Mapping[str, ActorEntry]
    countries: frozenset[str]
    contagion: ContagionSettings
    _exposures: Mapping[str, tuple[Exposure, ...]]
    _groups: Mapping[str, tuple[tuple[str, float], ...]]
    _adversaries: Mapping[str, frozenset[str]]
    _patrons: Mapping[str, tuple[str, ...]]

    def names(self) -> Iterable[Name]:
        """Every name of every actor, in the order of the data."""
        return (name for actor in self.actors.values() for name in actor.names)

    def groups_of(self, region: str) -> tuple[str, ...]:
        """The groups and theatres that count `region` as a member."""
        return tuple(group for group, _ in self._groups.get(region, ()))

    def shares_of(self, region: str) -> tuple[tuple[str, float], ...]:
        """The groups of `region`, each with the share (0, 1] of a member's intensity that it takes over."""
        return self._groups.get(region, ())

    def exposures_of(self, region: str) -> tuple[Exposure, ...]:
        """Who is exposed if the guarantee of `region` is in doubt; the strongest first."""
        return self._exposures.get(region, ())

    def patrons_of(self, region: str) -> tuple[str, ...]:
        """On whom `region` rests; the most important first. Nobody for an unknown region."""
        return self._patrons.get(region, ())

    def adversaries_of(self, region: str) -> frozenset[str]:
        """Who threatens `region`."""
        return self._adversaries.get(region, frozenset())


def load_registry() -> Registry:
    """The registry that ships with the package."""
    return parse_registry(registry_files())


def registry_files() -> dict[str, str]:
    """The files that ship with the package, by name."""
    folder = resources.files("allywatch.regions") / "data"
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name: f.read_text(encoding="utf-8") for f in found}


def parse_registry(texts: Mapping[str, str]) -> Registry:
    """The registry that these files describe together.

    Args:
        texts: YAML by file name. Sections may be spread over files; the order does not matter.

    Raises:
        ConfigError: If there is one error, with file, line and fix.
        ExceptionGroup: Of ConfigError, if there are several.
    """
    sources = [
        Source(file, *configfile.parse(text, RegistryFile, file)) for file, text in sorted(texts.items())
    ]
    check(sources)
    return _build([source.content for source in sources])


def _build(files: list[RegistryFile]) -> Registry:
    entries = {id: entry for file in files for id, entry in file.regions.items()}
    documents = {id: title for file in files for id, title in file.documents.items()}
    regions = {id: _region(id, entry, documents) for id, entry in sorted(entries.items())}
    actors = _actors(files)
    countries = frozenset(
        {code for file in files for code in file.countries}
        | {actor.id for actor in actors.values() if actor.kind is ActorKind.COUNTRY}
    )
    return Registry(
        version=next(file.version for file in files if file.version is not None),
        digest=_digest(files),
        regions=MappingProxyType(regions),
        actors=MappingProxyType(actors),
        countries=countries,
        contagion=_contagion(files),
        _exposures=_exposures(files, regions, documents),
        _groups=_groups(regions),
        _adversaries={id: frozenset(region.adversaries) for id, region in regions.items()},
        _patrons={id: tuple(p.actor for p in region.patrons) for id, region in regions.items()},
    )


def _digest(files: list[RegistryFile]) -> str:
    merged: dict[str, dict[str, object]] = {}
    for file in files:
        for section, content in file.model_dump(mode="json", exclude_defaults=True).items():
            merged.setdefault(section, {}).update(content if isinstance(content, dict) else {"": content})
    canonical = json.dumps(merged, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _region(id: str, entry: RegionEntry, documents: Mapping[str, str]) -> Region:
    patrons = [Patron(actor, p.weight, documents[p.basis]) for actor, p in entry.patrons.items()]
    return Region(
        id,
        entry.name,
        entry.kind,
        tuple(entry.members.items()),
        tuple(sorted(patrons, key=lambda p: (-p.weight, p.actor))),
        tuple(sorted(entry.adversaries)),
    )


def _actors(files: list[RegistryFile]) -> dict[str, ActorEntry]:
    kinds: dict[str, tuple[str, ActorKind]] = {}
    for file in files:
        for id, region in file.regions.items():
            is_country = region.kind is RegionKind.COUNTRY
            kinds[id] = (region.name, ActorKind.COUNTRY if is_country else ActorKind.PLACE)
        kinds.update({id: (actor.name, actor.kind) for id, actor in file.actors.items()})
    names = _names(files)
    return {
        id: ActorEntry(id, name, kind, tuple(names.get(id, ()))) for id, (name, kind) in sorted(kinds.items())
    }


def _names(files: list[RegistryFile]) -> dict[str, list[Name]]:
    endings = merged_endings(files)
    leaders = merged_leaders(files)
    names: dict[str, list[Name]] = {}
    for file in files:
        for id, entry in file.names.items():
            names.setdefault(id, []).extend(names_of_entry(id, entry, endings))
        for language, actors in file.languages.items():
            for id, spoken in actors.items():
                people = leaders.get(id, {})
                names.setdefault(id, []).extend(names_in_language(id, spoken, language, people, endings))
    for id, people in leaders.items():
        names.setdefault(id, []).extend(names_of_leaders(id, people, endings))
    return {id: _doubted(all_) for id, all_ in names.items()}


def _doubted(names: list[Name]) -> list[Name]:
    """The names of one actor, each as ambiguous as the same text is in another language."""
    doubts = {name.text: name.ambiguous for name in names if name.ambiguous}
    return [replace(name, ambiguous=doubts[name.text]) if name.text in doubts else name for name in names]


def _contagion(files: list[RegistryFile]) -> ContagionSettings:
    entry = next(file.contagion for file in files if file.contagion is not None)
    return ContagionSettings(entry.inference, entry.adversary_act_share, entry.minimum_intensity)


def _exposures(
    files: list[RegistryFile], regions: Mapping[str, Region], documents: Mapping[str, str]
) -> dict[str, tuple[Exposure, ...]]:
    found: dict[str, list[Exposure]] = {}
    for file in files:
        for guarantee, exposed in file.exposures.items():
            for region, e in exposed.items():
                patrons = frozenset(patron.actor for patron in regions[region].patrons)
                sources = tuple(documents[id] for id in e.sources)
                found.setdefault(guarantee, []).append(
                    Exposure(guarantee, region, e.weight, e.mechanism, patrons, e.reason, sources)
                )
    return {id: tuple(sorted(all_, key=lambda e: (-e.weight, e.region))) for id, all_ in found.items()}


def _groups(regions: Mapping[str, Region]) -> dict[str, tuple[tuple[str, float], ...]]:
    groups: dict[str, list[tuple[str, float]]] = {}
    for region in regions.values():
        for member, share in region.members:
            groups.setdefault(member, []).append((region.id, share))
    return {member: tuple(sorted(found)) for member, found in groups.items()}
