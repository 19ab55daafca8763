"""Where and when a region is, and what its state says there: what every step of it looks at."""

from collections.abc import Mapping
from dataclasses import dataclass

from allywatch.alerts.rules import Rule
from allywatch.engine.method import Method
from allywatch.engine.state import RegionState
from allywatch.risk import explanation, pressure
from allywatch.risk.baseline import Baseline, Ends, unknown_world
from allywatch.risk.coverage import ALL_HEARD, NOTHING_SAID, Feeds, Hearing, coverage_contribution, worst
from allywatch.risk.pressure import Triad
from allywatch.risk.score import Assessment, assess
from allywatch.risk.weighing import HOUR_MS
from allywatch_schemas import Contribution, CoverageState


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where and when a region is."""

    method: Method
    region: str
    groups: tuple[str, ...]
    clock: int | None
    coverage: CoverageState
    rules: tuple[Rule, ...]
    """Those for this region."""
    waits: bool = False
    """Evidence is reviewed at the next tick, not when it comes."""
    feeds: Feeds = ALL_HEARD
    """What all feeds come to: part of `coverage`, and why."""
    world: int = 0
    """What the world's news came to when the clock's hour began (`allywatch.risk.world.volume`)."""
    ends: Ends = unknown_world
    """The same at the end of past days."""

    @property
    def hour(self) -> int | None:
        """The clock's hour."""
        return None if self.clock is None else self.clock // HOUR_MS


@dataclass(frozen=True, slots=True)
class View:
    """A region's pressure and score at the clock."""

    points: Mapping[str, Triad]
    """Of each origin."""
    sums: Triad
    """Of everything else."""
    tracks: Triad
    assessment: Assessment

    @property
    def pressure(self) -> int:
        """Micro-points."""
        return sum(self.tracks)


def look(state: RegionState, around: Surroundings) -> View:
    """What the region's state says at the clock."""
    decay, weights = around.method.decay, around.method.weights
    ledger = state.ledger
    points = explanation.of_origins(ledger.origins, decay, around.hour)
    sums = pressure.of_sums(ledger, decay, around.hour)
    words, acts, calm = (sum(track) for track in zip(sums, *points.values(), strict=True))
    tracks = words, acts, calm
    origins = tuple(ledger.origins.values())
    assessed = assess(sum(tracks), usual(state, around), origins, coverage(state, around), weights)
    return View(points, sums, tracks, assessed)


def slow(state: RegionState, around: Surroundings) -> Triad:
    """Micro-points by track at a half-life of most of a week: how tense the times are."""
    return pressure.of_all(state.ledger, around.method.slow, around.hour)


def usual(state: RegionState, around: Surroundings) -> Baseline:
    """The region's own past, at today's volume of news."""
    return state.baseline.at(around.world)


def heard(state: RegionState, around: Surroundings) -> bool:
    """Whether calm may be believed."""
    return state.impaired is None and coverage(state, around) is not CoverageState.SILENT


def coverage(state: RegionState, around: Surroundings) -> CoverageState:
    """How well the region is heard: the worst of its feeds and of its own volume."""
    own = hearing(state).state
    return around.coverage if own is CoverageState.OK else worst([around.coverage, own])


def hearing(state: RegionState) -> Hearing:
    """What is said about the region's own volume; nothing until some of it is known."""
    return state.volume.hearing if state.volume else NOTHING_SAID


def silence(state: RegionState, around: Surroundings) -> Contribution:
    """What an alert cites that is about whether the region is heard."""
    return coverage_contribution(hearing(state), around.feeds, heard=heard(state, around))
