"""A flood of copies from outlets that nobody knows must not lift a region by a level. All is invented."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from random import Random

import pytest

from allywatch.engine import RegionEngine, load_method
from allywatch.engine.state import State
from allywatch.regions import load_registry
from allywatch.stream.extraction import Extraction, Extractor, make_extractor
from allywatch_schemas import EvidenceBatch, Level, NewsArticle, RegionRisk, Source, Tick
from allywatch_schemas.codec import decode
from builders import NOON, a_batch, a_range, a_tick, an_article, an_event

REGION = "LVA"
REGIONS = ("BALTIC_STATES", "EST", "LTU", "LVA")
LEVELS = tuple(Level)

STORY = (
    "An invented minister of the United States said on Monday that Washington may withdraw its brigade "
    "from Latvia before the winter. The government in Riga, in this exercise, asked for talks at once. "
    "A spokesman of the invented ministry repeated that no decision was taken, and that the review "
    "would go on until the spring. Soldiers at the camp of Adazi were told to prepare for a move, a "
    "colonel said, and their families were asked to wait. Lawmakers of both houses called the plan "
    "hasty; one of them hinted that the money was needed at home. Shops around the camp closed early, "
    "and the mayor of the town spoke of a hard year. Nobody in the alliance was consulted, an envoy "
    "complained, although the treaty asks for it. The minister is to travel to the region next week, "
    "and will bring a letter, of which the content is not known."
)
_FILLERS = ("perhaps", "meanwhile", "reportedly", "quietly", "again", "there", "later", "thus", "indeed")

Variant = Callable[[int], tuple[str, str]]
"""Title and body of the copy that the outlet of this number prints."""


def verbatim(number: int) -> tuple[str, str]:
    return "Exercise: a brigade may leave", STORY


def with_another_last_line(number: int) -> tuple[str, str]:
    return "Exercise: a brigade may leave", f"{STORY} Outlet {number} thanks its {number + 7} readers."


def with_another_headline(number: int) -> tuple[str, str]:
    return f"Exercise: what {_FILLERS[number % 9]} happens to brigade {number}", STORY


def with_one_word_in_ten_exchanged(number: int) -> tuple[str, str]:
    """But for the words that say it: without them it says nothing, and lifts nothing."""
    random, words = Random(number), STORY.split()
    for index in random.sample(range(20, len(words)), len(words) // 10):
        words[index] = random.choice(_FILLERS) + random.choice(("", "", "ly", "er", "s"))
    return "Exercise: a brigade may leave", " ".join(words)


VARIANTS = (verbatim, with_another_last_line, with_another_headline, with_one_word_in_ten_exchanged)


@cache
def extractor() -> Extractor:
    return make_extractor(load_registry())


@cache
def engine() -> RegionEngine:
    registry = load_registry()
    return RegionEngine(load_method(registry), registry, REGIONS, 0)


class Lab:
    """One partition in process, and what it said last of `REGION`."""

    def __init__(self, states: dict[bytes, State] | None = None, offset: int = 0, read: int = 0) -> None:
        self.engine = engine()
        self.states = dict(states or {})
        self.offset, self._read = offset, read

    def again(self) -> "Lab":
        """Another one in the same state."""
        return Lab(self.states, self.offset, self._read)

    def take(self, message: EvidenceBatch | Tick) -> None:
        for key, state in self.engine.take(message, self.offset, self.states).changes.items():
            assert state is not None
            self.states[key] = state
        self.offset += 1

    def read(self, said: Iterable[Extraction]) -> None:
        """Take up what documents say, in batches of a hundred."""
        found = list(said)
        for at in range(0, len(found), 100):
            part = found[at : at + 100]
            start, self._read = self._read, self._read + len(part)
            documents = tuple(
                each.document.model_copy(update={"offset": start + number})
                for number, each in enumerate(part)
            )
            items = tuple(item for each in part for item in each.items if item.region in REGIONS)
            ranges = (a_range(start=start, end=self._read),)
            self.take(a_batch(id=f"batch-{start}", ranges=ranges, documents=documents, items=items))

    def risk(self) -> RegionRisk:
        (output,) = self.engine.summarise([REGION.encode()], self.states)
        message = decode(output.value, output.headers)
        assert isinstance(message, RegionRisk)
        return message


@cache
def learning() -> Lab:
    lab = Lab()
    lab.take(a_tick(time=NOON))
    return lab


@cache
def with_history() -> Lab:
    """Sixty days of a few ordinary events each."""
    lab, random = Lab(), Random(5)
    for ago in range(60, 0, -1):
        at = NOON - timedelta(days=ago)
        lab.take(a_tick(time=at))
        codes = [random.choice(("111", "112", "130")) for _ in range(random.randrange(1, 5))]
        lab.read(
            extractor()(an_event(id=f"usual:{ago}:{number}", occurred_at=at, cameo=code))
            for number, code in enumerate(codes)
        )
    lab.take(a_tick(time=NOON))
    return lab


@cache
def flood(variant: Variant, count: int = 1_000) -> list[Extraction]:
    return [extractor()(a_copy(f"outlet-{number}.example", *variant(number))) for number in range(count)]


def a_copy(outlet: str, title: str, body: str) -> NewsArticle:
    source = Source(id=outlet, name=f"The {outlet}")
    return an_article(id=f"{outlet}/story", title=title, body=body, source=source, url=None)


@pytest.mark.parametrize("begin", [learning, with_history])
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("count", [1, 10, 100, 1_000])
def test_a_flood_of_copies_does_not_lift_a_region_by_a_level(
    count: int, variant: Variant, begin: Callable[[], Lab]
) -> None:
    lab = begin().again()
    before = lab.risk()
    lab.read(flood(variant)[:count])
    after = lab.risk()
    assert after.pressure > before.pressure
    assert after.level is before.level


@pytest.mark.parametrize("begin", [learning, with_history])
def test_as_many_different_stories_would_lift_it(begin: Callable[[], Lab]) -> None:
    """What the others show is the copying, not that nothing ever lifts a region."""
    lab = begin().again()
    before = lab.risk()
    lab.read(flood(another_story, 100))
    assert LEVELS.index(lab.risk().level) > LEVELS.index(before.level)


def another_story(number: int) -> tuple[str, str]:
    """The same in its first words, and nothing else."""
    random, words = Random(number), STORY.split()
    rest = [f"{random.choice(_FILLERS)}{random.randrange(999)}" for _ in words[20:]]
    return verbatim(number)[0], " ".join((*rest[:30], ".", *words[:20], *rest[30:]))
