"""From the files' compact forms to names."""

from collections.abc import Iterator, Mapping

from allywatch.regions.model import LeaderEntry, Name, NameKind, NamesEntry


def expand(form: str) -> tuple[str, ...]:
    """Spell out braces: `Pol{ska,ski}` gives Polska and Polski, `Kyiv` itself; two pairs every combination.

    Raises:
        ValueError: The braces do not pair, or stand inside each other.
    """
    head, opened, rest = form.partition("{")
    endings, closed, tail = rest.partition("}")
    if "}" in head or bool(opened) != bool(closed) or "{" in endings:
        raise ValueError(f"the braces of {form!r} do not pair")
    if not opened:
        return (form,)
    return tuple(head + ending + more for ending in endings.split(",") for more in expand(tail))


KINDS = (
    NameKind.COUNTRY,
    NameKind.DEMONYM,
    NameKind.CAPITAL,
    NameKind.CITY,
    NameKind.GROUP,
    NameKind.BODY,
)
"""The kinds that `names:` may give; leaders have a section of their own."""


def names_of_entry(actor: str, entry: NamesEntry) -> Iterator[Name]:
    """Every name of an entry, spelled out."""
    for kind in KINDS:
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
