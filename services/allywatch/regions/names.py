"""From the files' compact forms to names."""

from collections.abc import Iterator, Mapping

from allywatch.regions.model import LeaderEntry, Name, NameKind, NamesEntry


def expand(form: str) -> tuple[str, ...]:
    """Spell out one pair of braces: `Pol{ska,ski}` gives Polska and Polski, `Kyiv` itself.

    Raises:
        ValueError: The braces do not pair.
    """
    head, opened, rest = form.partition("{")
    if not opened:
        if "}" in form:
            raise ValueError(f"{form!r} has a closing brace and no opening one")
        return (form,)
    endings, closed, tail = rest.partition("}")
    if not closed or "{" in endings + tail or "}" in tail:
        raise ValueError(f"{form!r} must have exactly one pair of braces")
    return tuple(head + ending.strip() + tail for ending in endings.split(","))


_KINDS = (NameKind.COUNTRY, NameKind.DEMONYM, NameKind.CAPITAL, NameKind.GROUP, NameKind.BODY)


def names_of_entry(actor: str, entry: NamesEntry) -> Iterator[Name]:
    """Every name of an entry, spelled out."""
    for kind in _KINDS:
        for language, forms in getattr(entry, kind.value).items():
            for text in _spelled(forms):
                yield Name(text, language, actor, kind, ambiguous=entry.ambiguous.get(text))


def names_of_leaders(actor: str, people: Mapping[str, LeaderEntry]) -> Iterator[Name]:
    """Every name of every leader, once for each term of office."""
    for person, entry in people.items():
        by_language = {**entry.names, "en": (person, *entry.names.get("en", ()))}
        for language, forms in by_language.items():
            for text in _spelled(forms):
                for term in entry.terms:
                    yield Name(
                        text,
                        language,
                        actor,
                        NameKind.LEADER,
                        term.since,
                        term.until,
                        entry.ambiguous.get(text),
                    )


def _spelled(forms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for form in forms for text in expand(form)))
