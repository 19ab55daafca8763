"""How the golden names are read: is every name given to its actor, and none to what only looks like one?"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from allywatch.gold import GoldMentions, Split, load_mentions
from allywatch.regions import load_registry
from allywatch.text.names import Mention
from allywatch.text.scanning import Scanner

Find = Callable[[str, date], Sequence[Mention]]


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """One golden name (`actor` None: of nobody) and the actors found at its place."""

    text: GoldMentions
    written: str
    actor: str | None
    found: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """A name is right if a mention of its actor covers it; that of nobody, if no mention touches it."""
        return self.actor in self.found if self.actor else not self.found


@dataclass(frozen=True, slots=True)
class NameFigures:
    """`accuracy` in [0, 1]: the share of the golden names that is right; also by language and split."""

    names: int
    accuracy: float
    of_actors: float
    of_nobody: float
    by_split: dict[str, float]
    by_language: dict[str, float]


def answers(texts: Iterable[GoldMentions], find: Find) -> Iterator[NameAnswer]:
    """What `find` makes of each golden name, given the text and its day."""
    for text in texts:
        mentions = find(text.text, text.published)
        for written, actor in text.mentions.items():
            start = text.text.index(written)
            yield NameAnswer(text, written, actor, _found(mentions, start, start + len(written), actor))


def _found(mentions: Sequence[Mention], start: int, end: int, actor: str | None) -> tuple[str, ...]:
    if actor is None:
        return tuple(m.actor for m in mentions if m.start < end and start < m.end)
    return tuple(m.actor for m in mentions if m.start <= start and end <= m.end)


def name_figures(given: Sequence[NameAnswer]) -> NameFigures:
    """The figures of `answers`."""
    languages = sorted({one.text.language for one in given})
    return NameFigures(
        names=len(given),
        accuracy=_share(given),
        of_actors=_share(one for one in given if one.actor),
        of_nobody=_share(one for one in given if not one.actor),
        by_split={str(s): _share(one for one in given if one.text.split is s) for s in Split},
        by_language={each: _share(o for o in given if o.text.language == each) for each in languages},
    )


def _share(given: Iterable[NameAnswer]) -> float:
    right = [one.is_right for one in given]
    return round(sum(right) / len(right), 4) if right else 0.0


def evaluate_names() -> dict[str, Any]:
    """The figures of the shipped names on the golden names."""
    return asdict(name_figures(list(answers(load_mentions(), Scanner(load_registry()).mentions))))
