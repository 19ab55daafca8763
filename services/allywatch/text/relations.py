"""A sentence as a region sees it: every name gives way to the part that it plays for that region."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from allywatch.regions import NameKind, RegionKind, Registry
from allywatch.text.coordination import lists_in
from allywatch.text.folding import has_no_spaces
from allywatch.text.names import Mention

SELF, PATRON, ADVERSARY, OTHER = "<r>", "<p>", "<a>", "<o>"
_ADJECTIVE = "'"
"""Marks a part that only an adjective or a nationality plays."""
_STEM = 6
"""Letters of a word that are kept: endings change with case and tense."""
_STEM_JOINED = 4
"""The same in scripts that join particles to a word, whose stems are shorter."""

Mark = tuple[int, int, str]
"""[start, end) of a sentence and the part that stands there."""


@dataclass(frozen=True, slots=True)
class View:
    """What a sentence says, as seen by the regions of one list: those are in one boat."""

    regions: tuple[str, ...]
    marks: tuple[Mark, ...]


class Relations:
    """Knows who is what to whom."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._sides = {
            region: registry.adversaries_of(region) | frozenset(registry.patrons_of(region))
            for region in registry.regions
        }

    def holds_side(self, actors: Collection[str]) -> bool:
        """Whether a region is among the actors, and a patron or adversary of it."""
        return any(not self._sides[actor].isdisjoint(actors) for actor in actors if actor in self._sides)

    def views(self, text: str, start: int, mentions: Sequence[Mention]) -> list[View]:
        """A sentence as seen by each region that it names; regions to whom it reads alike share a view.

        Args:
            text: The clean text.
            start: Where the sentence begins.
            mentions: The names in it, in order; places of the text.
        """
        found: dict[tuple[Mark, ...], list[str]] = {}
        lists = lists_in(mentions, text)
        for region in dict.fromkeys(m.actor for m in mentions if m.actor in self._registry.regions):
            marks = tuple(_merged(self._marks(region, lists, start, mentions)))
            found.setdefault(marks, []).append(region)
        return [View(tuple(regions), marks) for marks, regions in found.items()]

    def carried_view(self, region: str, start: int, mentions: Sequence[Mention]) -> View | None:
        """A sentence as seen by a region that was named before it; None: neither patron nor adversary is."""
        marks = tuple(
            (mention.start - start, mention.end - start, self._part(region, mention.actor) + _kind(mention))
            for mention in mentions
        )
        return (
            View((region,), marks) if any(part[:3] in (PATRON, ADVERSARY) for _, _, part in marks) else None
        )

    def _marks(
        self, region: str, lists: Sequence[Sequence[Mention]], start: int, mentions: Sequence[Mention]
    ) -> Iterable[Mark]:
        listed = {each for row in lists if any(m.actor == region for m in row) for each in row}
        for mention in mentions:
            part = SELF if mention.actor == region else self._part(region, mention.actor)
            if part is OTHER and mention in listed and mention.actor in self._registry.regions:
                part = SELF
            yield mention.start - start, mention.end - start, part + _kind(mention)

    def _part(self, region: str, actor: str) -> str:
        if actor in self._registry.adversaries_of(region):
            return ADVERSARY
        if actor in self._registry.patrons_of(region):
            return PATRON
        return OTHER

    def faced(self, region: str, mentions: Iterable[Mention]) -> str | None:
        """The first adversary of the region that is named."""
        foes = self._registry.adversaries_of(region)
        return next((m.actor for m in mentions if m.actor in foes), None)

    def relied_on(self, region: str, mentions: Iterable[Mention]) -> str | None:
        """The first patron of the region that is named."""
        patrons = self._registry.patrons_of(region)
        return next((m.actor for m in mentions if m.actor in patrons), None)

    def members(self, region: str, most: int) -> tuple[str, ...]:
        """The regions that a name stands for: the members of a group of at most so many, else itself."""
        known = self._registry.regions[region]
        if known.kind is RegionKind.GROUP and len(known.members) <= most:
            return tuple(member for member, _ in known.members)
        return (region,)


def _kind(mention: Mention) -> str:
    return _ADJECTIVE if mention.kind is NameKind.DEMONYM else ""


def _merged(marks: Iterable[Mark]) -> Iterable[Mark]:
    """Members of a list in a row are one part."""
    last: Mark | None = None
    for mark in marks:
        if last is not None and mark[2] == last[2] == SELF and mark[0] - last[1] <= 24:
            last = (last[0], mark[1], SELF)
            continue
        if last is not None:
            yield last
        last = mark
    if last is not None:
        yield last


def symbols(folded: str, marks: Sequence[Mark]) -> list[tuple[str, int]]:
    """The sentence's words and parts in order, each with where it starts.

    Words are stems of a few letters; numbers are `#`; scripts without spaces give pairs of characters.
    """
    row: list[tuple[str, int]] = []
    position = 0
    for start, end, part in marks:
        if start >= position:
            _words(folded, position, start, row)
            row.append((part, start))
            position = end
    _words(folded, position, len(folded), row)
    return row


def _words(folded: str, start: int, end: int, row: list[tuple[str, int]]) -> None:
    piece = folded[start:end]
    position = 0
    for word in piece.split():
        position = piece.index(word, position)
        if has_no_spaces(word[0]) or has_no_spaces(word[-1]):
            row.extend((one + other, start + position + at) for at, (one, other) in enumerate(pairwise(word)))
            if len(word) == 1:
                row.append((word, start + position))
        elif word[0].isdigit():
            row.append(("#", start + position))
        else:
            row.append((word[: _STEM if word[0] < "\u0590" else _STEM_JOINED], start + position))
        position += len(word)
