"""What no single entry of the registry can get wrong: references, ambiguity, order. Names file, line, fix."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allywatch.configfile import Lines, line_of
from allywatch.errors import ConfigError
from allywatch.regions.model import (
    ActorKind,
    LeaderEntry,
    Name,
    NamesEntry,
    RegionKind,
    RegistryFile,
    SpokenEntry,
)
from allywatch.regions.names import (
    KINDS,
    NO_ENDINGS,
    expand,
    merged_endings,
    merged_leaders,
    names_in_language,
    names_of_entry,
    names_of_leaders,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One parsed file, and where everything stands in it."""

    file: str
    content: RegistryFile
    lines: Lines

    def error(self, message: str, *path: Any, fix: str) -> ConfigError:
        """An error at `path` of this file."""
        return ConfigError(message, file=self.file, line=line_of(path, self.lines), fix=fix)


Check = Callable[[Sequence[Source]], Iterator[ConfigError]]


def check(sources: Sequence[Source]) -> None:
    """Check files against each other.

    Raises:
        ConfigError: If there is one error.
        ExceptionGroup: Of ConfigError, if there are several.
    """
    errors = [error for one in _CHECKS for error in one(sources)]
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ExceptionGroup(f"registry: {len(errors)} errors", errors)


def _stands_once(sources: Sequence[Source]) -> Iterator[ConfigError]:
    for section in ("version", "contagion"):
        holders = [s for s in sources if getattr(s.content, section) is not None]
        if not holders:
            file = sources[0].file if sources else "registry"
            yield ConfigError(f"no file gives {section!r}.", file=file, fix=f"add {section}: to one file.")
        for holder in holders[1:]:
            first = holders[0].file
            yield holder.error(f"{section!r} stands in {first} too.", section, fix="keep one of the two.")


def _defined_once(sources: Sequence[Source]) -> Iterator[ConfigError]:
    seen: dict[tuple[str, ...], str] = {}
    for source in sources:
        for path in _entries(source.content):
            key = ("actors", *path[1:]) if path[0] == "regions" else path
            if key in seen:
                yield source.error(
                    f"{path[-1]} is defined in {seen[key]} too.", *path, fix="merge the two entries."
                )
            seen[key] = source.file


def _entries(content: RegistryFile) -> Iterator[tuple[str, ...]]:
    for section in ("documents", "regions", "actors", "names", "countries"):
        yield from ((section, id) for id in getattr(content, section))
    for section in ("leaders", "exposures", "languages", "endings"):
        for id, inner in getattr(content, section).items():
            yield from ((section, id, key) for key in inner)


def _references(sources: Sequence[Source]) -> Iterator[ConfigError]:
    regions = {id for s in sources for id in s.content.regions}
    actors = regions | {id for s in sources for id in s.content.actors}
    for source in sources:
        for path, id, known, what in _mentions(source.content, regions, actors):
            if id not in known:
                fix = f"correct the id, or define {id} under {what}:."
                yield source.error(f"{id} is not known.", *path, fix=fix)


def _mentions(
    content: RegistryFile, regions: set[str], actors: set[str]
) -> Iterator[tuple[tuple[Any, ...], str, set[str], str]]:
    for id, region in content.regions.items():
        yield from ((("regions", id, "members", m), m, regions, "regions") for m in region.members)
        yield from ((("regions", id, "patrons", p), p, actors, "actors") for p in region.patrons)
        for index, adversary in enumerate(region.adversaries):
            yield ("regions", id, "adversaries", index), adversary, actors, "actors"
    for section in ("names", "leaders"):
        yield from (((section, id), id, actors, "actors") for id in getattr(content, section))
    for language, spoken in content.languages.items():
        yield from ((("languages", language, id), id, actors, "actors") for id in spoken)
    for id, exposed in content.exposures.items():
        yield ("exposures", id), id, regions, "regions"
        yield from ((("exposures", id, region), region, regions, "regions") for region in exposed)


def _citations(sources: Sequence[Source]) -> Iterator[ConfigError]:
    documents = {id for s in sources for id in s.content.documents}
    for source in sources:
        for path, id in _cited(source.content):
            if id not in documents:
                fix = f"correct the id, or add {id}: with its title to documents:."
                yield source.error(f"document {id!r} is not known.", *path, fix=fix)


def _cited(content: RegistryFile) -> Iterator[tuple[tuple[Any, ...], str]]:
    for id, region in content.regions.items():
        for actor, patron in region.patrons.items():
            yield ("regions", id, "patrons", actor, "basis"), patron.basis
    for guarantee, exposed in content.exposures.items():
        for region_id, exposure in exposed.items():
            for index, document in enumerate(exposure.sources):
                yield ("exposures", guarantee, region_id, "sources", index), document


def _members(sources: Sequence[Source]) -> Iterator[ConfigError]:
    kinds = {id: r.kind for s in sources for id, r in s.content.regions.items()}
    for source in sources:
        for id, region in source.content.regions.items():
            path = ("regions", id)
            if region.kind is RegionKind.COUNTRY and region.members:
                yield source.error(f"{id} is a country and has members.", *path, fix="set its kind to group.")
            if region.kind is not RegionKind.COUNTRY and not region.members:
                yield source.error(f"{id} has no members.", *path, fix="add members: with shares.")
            for member in region.members:
                if kinds.get(member, RegionKind.COUNTRY) is not RegionKind.COUNTRY:
                    where = (*path, "members", member)
                    yield source.error(f"{member} is itself a group.", *where, fix="list its countries.")


def _opponents(sources: Sequence[Source]) -> Iterator[ConfigError]:
    for source in sources:
        for id, region in source.content.regions.items():
            for index, adversary in enumerate(region.adversaries):
                if adversary == id or adversary in region.patrons:
                    yield source.error(
                        f"{adversary} cannot be an adversary of {id} and {id} itself or its patron.",
                        *("regions", id, "adversaries", index),
                        fix="remove it from one of the two.",
                    )


def _exposures(sources: Sequence[Source]) -> Iterator[ConfigError]:
    members = {id: r.members for s in sources for id, r in s.content.regions.items()}
    patrons = {id: r.patrons for s in sources for id, r in s.content.regions.items()}
    for source in sources:
        for guarantee, exposed in source.content.exposures.items():
            for region in exposed:
                path = ("exposures", guarantee, region)
                if region == guarantee or guarantee in members.get(region, ()):
                    yield source.error(
                        f"{region} already counts what happens to {guarantee}.", *path, fix="remove it."
                    )
                shared = set(patrons.get(region, ())) & set(patrons.get(guarantee, ()))
                if region in patrons and guarantee in patrons and not shared:
                    yield source.error(
                        f"{region} and {guarantee} share no patron, so this exposure can never act.",
                        *path,
                        fix=f"give {region} a patron of {guarantee}, or remove it.",
                    )


def _terms(sources: Sequence[Source]) -> Iterator[ConfigError]:
    for source in sources:
        for actor, people in source.content.leaders.items():
            for person, entry in people.items():
                for index, term in enumerate(entry.terms):
                    if term.until is not None and term.until <= term.since:
                        yield source.error(
                            f"{person}: a term ends ({term.until}) before it begins ({term.since}).",
                            *("leaders", actor, person, "terms", index),
                            fix="swap or correct the dates.",
                        )


def _people(sources: Sequence[Source]) -> Iterator[ConfigError]:
    leaders = merged_leaders(source.content for source in sources)
    for source in sources:
        for language, actors in source.content.languages.items():
            for id, entry in actors.items():
                for person in sorted(set(entry.leader) - leaders.get(id, {}).keys()):
                    yield source.error(
                        f"{person!r} is no leader of {id}.",
                        *("languages", language, id, "leader", person),
                        fix=f"correct the name, or add the terms under leaders: {id}:.",
                    )


def _spelling(sources: Sequence[Source]) -> Iterator[ConfigError]:
    endings = merged_endings(source.content for source in sources)
    for source in sources:
        for path, language, form in _forms(source.content):
            try:
                expanded = expand(form, endings.get(language, NO_ENDINGS))
            except ValueError as exc:
                yield source.error(f"{exc}.", *path, fix="write it as Pol{ska,ski}, or add to endings:.")
                continue
            if any(text != text.strip() or not text for text in expanded):
                yield source.error(f"{form!r} gives an empty or padded name.", *path, fix="correct it.")


def _forms(content: RegistryFile) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    for path, language, forms in _lists(content):
        yield from (((*path, index), language, form) for index, form in enumerate(forms))


def _lists(content: RegistryFile) -> Iterator[tuple[tuple[Any, ...], str, Sequence[str]]]:
    for id, entry in content.names.items():
        for kind in KINDS:
            for language, forms in getattr(entry, kind.value).items():
                yield ("names", id, kind.value, language), language, forms
    for id, people in content.leaders.items():
        for person, leader in people.items():
            for language, forms in leader.names.items():
                yield ("leaders", id, person, "names", language), language, forms
    for language, actors in content.languages.items():
        for id, spoken in actors.items():
            path = ("languages", language, id)
            yield from (((*path, kind.value), language, getattr(spoken, kind.value)) for kind in KINDS)
            yield from (((*path, "leader", one), language, forms) for one, forms in spoken.leader.items())


def _ambiguity(sources: Sequence[Source]) -> Iterator[ConfigError]:
    try:
        named = list(_named(sources))
    except ValueError:
        return  # `_spelling` reports it
    meanings: dict[str, set[Name]] = {}
    doubted: set[tuple[str, str]] = set()
    for _, _, entry, names in named:
        for name in names:
            meanings.setdefault(name.text.casefold(), set()).add(name)
            doubted.update((name.actor, text) for text in entry.ambiguous)
    for source, path, entry, names in named:
        texts = {name.text for name in names}
        for text in sorted(set(entry.ambiguous) - texts):
            yield source.error(f"{text!r} is no name here.", *path, "ambiguous", text, fix="correct it.")
        sure = {name for name in names if (name.actor, name.text) not in doubted}
        for text in sorted({name.text for name in sure}):
            others = {
                other.actor
                for name in sure
                if name.text == text
                for other in meanings[text.casefold()]
                if other.actor != name.actor and _overlap(name, other)
            }
            if others:
                yield source.error(
                    f"{text!r} is a name of {', '.join(sorted(others))} too.",
                    *path,
                    fix=f"add {text!r} to ambiguous: of each, with what else it means, or remove it.",
                )


def _overlap(one: Name, other: Name) -> bool:
    """Whether there is a day on which both hold."""
    starts = [name.since for name in (one, other) if name.since is not None]
    ends = [name.until for name in (one, other) if name.until is not None]
    return not starts or not ends or max(starts) < min(ends)


def _named(
    sources: Sequence[Source],
) -> Iterator[tuple[Source, tuple[str, ...], NamesEntry | LeaderEntry | SpokenEntry, list[Name]]]:
    files = [source.content for source in sources]
    endings, leaders = merged_endings(files), merged_leaders(files)
    for source in sources:
        content = source.content
        for id, entry in content.names.items():
            yield source, ("names", id), entry, list(names_of_entry(id, entry, endings))
        for id, people in content.leaders.items():
            for person, leader in people.items():
                names = list(names_of_leaders(id, {person: leader}, endings))
                yield source, ("leaders", id, person), leader, names
        for language, actors in content.languages.items():
            for id, spoken in actors.items():
                names = list(names_in_language(id, spoken, language, leaders.get(id, {}), endings))
                yield source, ("languages", language, id), spoken, names


def _reachable(sources: Sequence[Source]) -> Iterator[ConfigError]:
    named = {id for s in sources for id, entry in s.content.names.items() if entry != NamesEntry()}
    for source in sources:
        quiet = [id for id, actor in source.content.actors.items() if actor.kind is ActorKind.PLACE]
        for section, ids in (("regions", source.content.regions), ("actors", quiet)):
            for id in ids:
                if id not in named:
                    yield source.error(
                        f"no name leads to {id}.", section, id, fix=f"add names: {id}: with an English name."
                    )


_CHECKS: tuple[Check, ...] = (
    _stands_once,
    _defined_once,
    _references,
    _citations,
    _members,
    _opponents,
    _exposures,
    _terms,
    _people,
    _spelling,
    _ambiguity,
    _reachable,
)
