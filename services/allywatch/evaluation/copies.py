"""Near copies: how many edited copies are known as such, and how many other stories are taken for one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

Keys = Callable[[str, str], Collection[str]]
"""Title and body to the marks of a document; two that share one are copies."""

EDITED = (0.02, 0.05, 0.10)
"""Shares of the words that are exchanged."""


@dataclass(frozen=True, slots=True)
class CopyFigures:
    """`recall` by share of words edited, in [0, 1]; `merged_per_1000`: of pairs that tell one event anew."""

    stories: int
    recall: dict[float, float]
    pairs: int
    merged: int

    @property
    def merged_per_1000(self) -> float:
        """Pairs of different stories that would count as one, of a thousand."""
        return 1000 * self.merged / self.pairs if self.pairs else 0.0


def copies(by_event: Mapping[str, Sequence[str]], keys: Keys, seed: int = 1) -> CopyFigures:
    """Edit every story and look whether it is still known; hold stories on one event against each other.

    Args:
        by_event: Bodies by event, several independent stories on each where there are some.
        keys: As the extractor gives them.
        seed: Of the edits: the words to exchange, and the words of other stories put in their place.
    """
    random = Random(seed)
    bodies = [body for group in by_event.values() for body in group]
    words = [word for body in bodies for word in body.split()]
    known = {body: frozenset(keys("A headline", body)) for body in bodies}
    pairs = [
        (one, other) for group in by_event.values() for one, other in combinations(group, 2) if one != other
    ]
    return CopyFigures(
        stories=len(bodies),
        recall={
            share: _share(
                not known[body].isdisjoint(keys("Another headline", edited(body, share, words, random)))
                for body in bodies
            )
            for share in EDITED
        },
        pairs=len(pairs),
        merged=sum(not known[one].isdisjoint(known[other]) for one, other in pairs),
    )


def edited(body: str, share: float, words: Sequence[str], random: Random) -> str:
    """`body` with so many of its words exchanged for others of `words`; what stands between them stays."""
    pieces = body.split(" ")
    for index in random.sample(range(len(pieces)), round(share * len(pieces))):
        pieces[index] = random.choice(words)
    return " ".join(pieces)


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return sum(counted) / len(counted) if counted else 0.0
