"""What can be wrong with names across files: their spelling, whose they are, and which are ambiguous."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allywatch.configfile import Lines, line_of
from allywatch.errors import ConfigError
from allywatch.regions.model import LeaderEntry, Name, NamesEntry, RegistryFile, SpokenEntry
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


def people_are_known(sources: Sequence[Source]) -> Iterator[ConfigError]:
    """People whom a language names are leaders."""
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


def forms_are_spelled(sources: Sequence[Source]) -> Iterator[ConfigError]:
    """Braces pair, endings are there, and no name is empty."""
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


def ambiguity_is_declared(sources: Sequence[Source]) -> Iterator[ConfigError]:
    """A name of two actors at one time is called ambiguous by both, and what is called so is a name."""
    try:
        named = list(_named(sources))
    except ValueError:
        return  # `forms_are_spelled` reports it
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
