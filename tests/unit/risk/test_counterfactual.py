from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.baseline import Baseline
from allywatch.risk.counterfactual import Flip, Standpoint, flip_set
from allywatch.risk.ledger import Origin
from allywatch.risk.score import LEVELS
from allywatch_schemas import CoverageState, Level
from explaining import KNOWN, LEARNING, WEIGHTS, an_origin, origins, some_origins

LAW = settings(max_examples=150, deadline=None)

USUAL = Standpoint(KNOWN, CoverageState.OK, WEIGHTS)
YOUNG = Standpoint(replace(KNOWN, days=31), CoverageState.OK, WEIGHTS)
"""Little history: more is asked of what is said."""
LEARNER = Standpoint(LEARNING, CoverageState.OK, WEIGHTS)
CALM = Standpoint(Baseline(20_000, 0, 0, 365), CoverageState.SILENT, WEIGHTS)
"""Whatever happens is critical."""

SUMS = st.integers(-(10**7), 2 * 10**7)
SEEN = st.sampled_from([USUAL, YOUNG, LEARNER, CALM])


class Region:
    """Some origins and a sum of the rest."""

    def __init__(self, found: Mapping[str, Origin], sums: int, seen: Standpoint) -> None:
        self.origins, self.seen = found, seen
        self.now = {name: sum(points for _, _, points in found[name].lead.entries) for name in found}
        self.pressure = sums + sum(self.now.values())
        self.level = self.without(())

    def without(self, names: Collection[str]) -> Level:
        rest = [origin for name, origin in self.origins.items() if name not in names]
        return self.seen.assess(self.pressure - sum(self.now[name] for name in names), rest).level

    def flips_without(self, names: Collection[str]) -> bool:
        return LEVELS.index(self.without(names)) < LEVELS.index(self.level)

    def flip(self) -> Flip | None:
        return flip_set(self.origins, self.now, self.pressure, self.level, self.seen)

    def by_trying(self) -> int | None:
        """The size of the smallest set, by trying all."""
        for size in range(1, len(self.origins) + 1):
            if any(self.flips_without(each) for each in combinations(self.origins, size)):
                return size
        return None


@LAW
@given(origins(most=16), SUMS, SEEN)
def test_removing_the_flip_set_flips_the_level_and_removing_any_proper_subset_does_not(
    found: dict[str, Origin], sums: int, seen: Standpoint
) -> None:
    region = Region(found, sums, seen)
    flip = region.flip()
    if flip is None:
        return
    assert region.without(flip.origins) is flip.level
    assert region.flips_without(flip.origins)
    for size in range(min(len(flip.origins), 4)):
        assert not any(region.flips_without(each) for each in combinations(flip.origins, size))
    for spared in flip.origins:
        assert not region.flips_without([each for each in flip.origins if each != spared])


@settings(max_examples=400, deadline=None)
@given(origins(most=8), SUMS, SEEN)
def test_no_smaller_set_flips_the_level_as_trying_all_of_them_shows(
    found: dict[str, Origin], sums: int, seen: Standpoint
) -> None:
    region = Region(found, sums, seen)
    flip = region.flip()
    assert (flip and len(flip.origins)) == region.by_trying()


@LAW
@given(origins(), SUMS, SEEN, st.randoms())
def test_the_order_in_which_origins_are_remembered_does_not_matter(
    found: dict[str, Origin], sums: int, seen: Standpoint, random: object
) -> None:
    backwards = dict(reversed(found.items()))
    assert Region(found, sums, seen).flip() == Region(backwards, sums, seen).flip()


def named(found: list[Origin]) -> dict[str, Origin]:
    return {f"text {origin.lead.key}": origin for origin in found}


def test_of_equal_sets_the_strongest_origins_are_named_and_of_these_the_first_by_name() -> None:
    found = named([an_origin(name, points * 10**6) for name, points in (("c", 24), ("b", 24), ("a", 10))])
    region = Region(found, 10_000_000, USUAL)
    assert region.level is Level.CRITICAL
    assert region.flip() == Flip(("text b",), Level.HIGH)


def test_the_lowest_level_hangs_on_nothing() -> None:
    assert Region({}, 0, USUAL).flip() is None


def test_what_stands_without_all_listed_origins_has_no_flip_set() -> None:
    region = Region(named(some_origins(2)), 5_000_000, USUAL)
    assert region.level is Level.HIGH or region.level is Level.ELEVATED
    assert Region(named(some_origins(1, points=1)), 5_000_000, USUAL).flip() is None


def test_a_high_level_that_only_two_roots_bear_hangs_on_the_one_with_fewer_origins() -> None:
    stories = [an_origin(f"s{n}", 3_000_000, voice="one house") for n in range(4)]
    region = Region(named([*stories, an_origin("other")]), 90_000_000, USUAL)
    assert region.level is Level.CRITICAL
    assert region.flip() == Flip(("text other",), Level.ELEVATED)


def test_a_high_level_hangs_on_the_one_that_asserts_what_others_suppose() -> None:
    rumours = some_origins(5, points=600_000, modality="speculative")
    region = Region(named([*rumours, an_origin("witness", 3_000_000)]), 90_000_000, USUAL)
    assert region.level is Level.CRITICAL
    assert region.flip() == Flip(("text witness",), Level.ELEVATED)


def test_a_high_level_hangs_on_the_reliable_among_the_doubtful() -> None:
    doubtful = some_origins(3, certainty=20)
    region = Region(named([*doubtful, an_origin("agency", certainty=600)]), 90_000_000, USUAL)
    assert region.level is Level.CRITICAL
    assert region.flip() == Flip(("text agency",), Level.ELEVATED)
