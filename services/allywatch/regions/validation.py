"""What no single entry of the registry can get wrong: references, ambiguity, order. Names file, line, fix."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from allywatch.errors import ConfigError
from allywatch.regions.model import ActorKind, NamesEntry, RegionKind, RegistryFile
from allywatch.regions.spelling import Source, ambiguity_is_declared, forms_are_spelled, people_are_known

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
    people_are_known,
    forms_are_spelled,
    ambiguity_is_declared,
    _reachable,
)
