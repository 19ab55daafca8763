"""From the files' compact forms to names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from allywatch.regions.model import (
    Endings,
    LeaderEntry,
    Name,
    NameKind,
    NamesEntry,
    RegistryFile,
    SpokenEntry,
)

NO_ENDINGS: Mapping[str, Sequence[str]] = MappingProxyType({})


def expand(form: str, endings: Mapping[str, Sequence[str]] = NO_ENDINGS) -> tuple[str, ...]:
    """Spell out braces: `Pol{ska,ski}` gives Polska and Polski, `Kyiv` itself; two pairs every combination.

    `endings`: those of the language, by name; `pol{ski}` gives all that are called ski.

    Raises:
        ValueError: The braces do not pair, stand inside each other, or name endings that are not there.
    """
    head, opened, rest = form.partition("{")
    inner, closed, tail = rest.partition("}")
    if "}" in head or bool(opened) != bool(closed) or "{" in inner:
        raise ValueError(f"the braces of {form!r} do not pair")
    if not opened:
        return (form,)
    spelled = inner.split(",") if "," in inner else endings.get(inner)
    if spelled is None:
        raise ValueError(f"{form!r} names endings {inner!r}, which its language lacks")
    return tuple(head + ending + more for ending in spelled for more in expand(tail, endings))


KINDS = (
    NameKind.COUNTRY,
    NameKind.DEMONYM,
    NameKind.CAPITAL,
    NameKind.CITY,
    NameKind.GROUP,
    NameKind.BODY,
)
"""The kinds that `names:` may give; leaders have a section of their own."""


def merged_endings(files: Iterable[RegistryFile]) -> Endings:
    """The endings of all files."""
    return {language: kinds for file in files for language, kinds in file.endings.items()}


def merged_leaders(files: Iterable[RegistryFile]) -> dict[str, dict[str, LeaderEntry]]:
    """The leaders of all files by actor."""
    merged: dict[str, dict[str, LeaderEntry]] = {}
    for file in files:
        for actor, people in file.leaders.items():
            merged.setdefault(actor, {}).update(people)
    return merged


def names_of_entry(actor: str, entry: NamesEntry, endings: Endings) -> Iterator[Name]:
    """Every name of an entry, spelled out."""
    for kind in KINDS:
        for language, forms in getattr(entry, kind.value).items():
            for text in _spelled(forms, language, endings):
                yield Name(text, language, actor, kind, ambiguous=entry.ambiguous.get(text))


def names_of_leaders(actor: str, people: Mapping[str, LeaderEntry], endings: Endings) -> Iterator[Name]:
    """Every name of every leader, once for each term of office."""
    for person, entry in people.items():
        for language, forms in {**entry.names, "en": (person, *entry.names.get("en", ()))}.items():
            yield from _of_leader(actor, entry, forms, language, endings, entry.ambiguous)


def names_in_language(
    actor: str, entry: SpokenEntry, language: str, people: Mapping[str, LeaderEntry], endings: Endings
) -> Iterator[Name]:
    """Every name of an entry of `languages:`; `people`: the leaders of the actor."""
    for kind in KINDS:
        for text in _spelled(getattr(entry, kind.value), language, endings):
            yield Name(text, language, actor, kind, ambiguous=entry.ambiguous.get(text))
    for person, forms in entry.leader.items():
        if person in people:
            yield from _of_leader(actor, people[person], forms, language, endings, entry.ambiguous)


def _of_leader(
    actor: str,
    entry: LeaderEntry,
    forms: Sequence[str],
    language: str,
    endings: Endings,
    ambiguous: Mapping[str, str],
) -> Iterator[Name]:
    for text in _spelled(forms, language, endings):
        for term in entry.terms:
            doubt = ambiguous.get(text)
            yield Name(text, language, actor, NameKind.LEADER, term.since, term.until, doubt)


def _spelled(forms: Sequence[str], language: str, endings: Endings) -> tuple[str, ...]:
    own = endings.get(language, NO_ENDINGS)
    return tuple(dict.fromkeys(text for form in forms for text in expand(form, own)))
