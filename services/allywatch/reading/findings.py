"""What was found in an article, for a person: one finding a cue, with all regions it concerns. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from allywatch.text.clean import CleanText
from allywatch_schemas import Evidence, EvidenceKind

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cue and what it says. Spans are [start, end) of the text as it is shown."""

    number: int
    """From 1, in order of place."""
    quote: Span
    trigger: Span
    items: tuple[Evidence, ...]
    """One for each region; alike but for the region and the parts in it."""
    spread: tuple[Evidence, ...]
    """What follows from it for other regions."""

    @property
    def item(self) -> Evidence:
        """The surest of its items; it speaks for all."""
        return max(self.items, key=lambda item: item.probability)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that it concerns."""
        return tuple(dict.fromkeys(item.region for item in self.items))

    @property
    def reached(self) -> tuple[str, ...]:
        """The regions that it reaches through others."""
        return tuple(sorted({item.region for item in self.spread} - set(self.regions)))


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the shown text in which nothing begins or ends."""

    text: str
    quoted: tuple[Finding, ...] = ()
    triggers: tuple[Finding, ...] = ()
    ends: tuple[Finding, ...] = ()
    """Findings whose cue ends here: where their number is written."""


def findings(page: CleanText, items: Iterable[Evidence]) -> list[Finding]:
    """The findings of an article in order of place; `items` with what is derived from them."""
    items = list(items)
    direct = [item for item in items if item.kind is not EvidenceKind.CONTAGION and item.span is not None]
    derived = [item for item in items if item.kind is EvidenceKind.CONTAGION]
    groups = [list(group) for _, group in groupby(sorted(direct, key=_cue), key=_cue)]
    return [
        Finding(
            number,
            _shown(page, *_span(group[0])),
            _shown(page, *_trigger(page, group[0])),
            tuple(group),
            tuple(each for each in derived if each.derived_from in {item.id for item in group}),
        )
        for number, group in enumerate(groups, 1)
    ]


def runs(text: str, found: Sequence[Finding]) -> list[Run]:
    """The whole text, cut wherever a quote or a cue begins or ends; joined, it is `text` again."""
    cuts = sorted(
        {0, len(text), *(edge for each in found for span in (each.quote, each.trigger) for edge in span)}
    )
    return [
        Run(
            text[start:end],
            tuple(each for each in found if each.quote[0] <= start < each.quote[1]),
            tuple(each for each in found if each.trigger[0] <= start < each.trigger[1]),
            tuple(each for each in found if each.trigger[1] == end),
        )
        for start, end in pairwise(cuts)
    ]


def _cue(item: Evidence) -> tuple[int, int, str, str, str]:
    return *_span(item), item.trigger or "", item.rule_id or "", str(item.modality)


def _span(item: Evidence) -> Span:
    return item.span or (0, 0)


def _trigger(page: CleanText, item: Evidence) -> Span:
    start, end = _span(item)
    at = page.original.find(item.trigger or "", start)
    return (at, at + len(item.trigger or "")) if at >= 0 else (start, end)


def _shown(page: CleanText, start: int, end: int) -> Span:
    """Where [start, end) of what was published stands in what is shown."""
    if not page.pieces:
        return start, end
    return _place(page, start), _place(page, end)


def _place(page: CleanText, position: int) -> int:
    shown = 0
    for begin, origin, length in page.pieces:
        if origin > position:
            break
        shown = begin + min(position - origin, length)
    return min(shown, len(page.text))
