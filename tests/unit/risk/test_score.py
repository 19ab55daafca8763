from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.risk.baseline import Baseline
from allywatch.risk.score import LEVELS, Cap, assess, level_of, score_of
from allywatch_schemas import CoverageState, Level
from explaining import KNOWN, LEARNING, WEIGHTS, an_origin, some_origins

PRESSURE = st.integers(-(10**9), 10**9)

LAW = settings(max_examples=60, deadline=None)


@LAW
@given(PRESSURE, PRESSURE, st.sampled_from([LEARNING, KNOWN]))
def test_more_pressure_never_gives_a_lower_score(a: int, b: int, baseline: Baseline) -> None:
    low, high = sorted((a, b))
    assert 0 <= score_of(low, baseline, WEIGHTS) <= score_of(high, baseline, WEIGHTS) <= 1000


@LAW
@given(PRESSURE)
def test_nothing_is_above_elevated_while_learning(pressure: int) -> None:
    level = assess(pressure, LEARNING, some_origins(16, certainty=1000), CoverageState.OK, WEIGHTS).level
    assert LEVELS.index(level) <= LEVELS.index(Level.ELEVATED)


def test_two_standard_deviations_above_its_own_past_are_elevated() -> None:
    assert level_of(score_of(5_000_000, KNOWN, WEIGHTS), WEIGHTS) is Level.ELEVATED


def test_one_origin_alone_never_exceeds_elevated_and_the_score_still_tells() -> None:
    alone = assess(10**9, KNOWN, some_origins(1), CoverageState.OK, WEIGHTS)
    assert alone.level is Level.ELEVATED
    assert alone.caps == (Cap.FEW_ORIGINS,)
    assert alone.score == 1000
    assert level_of(alone.effective, WEIGHTS) is Level.ELEVATED


def test_relief_from_elsewhere_does_not_make_one_origin_two() -> None:
    mixed = [*some_origins(1), an_origin("calm", points=-1000)]
    assert Cap.FEW_ORIGINS in assess(90_000_000, KNOWN, mixed, CoverageState.OK, WEIGHTS).caps


def test_speculation_by_several_lacks_confidence() -> None:
    rumour = assess(90_000_000, KNOWN, some_origins(3, modality="speculative"), CoverageState.OK, WEIGHTS)
    assert rumour.caps == (Cap.LOW_CONFIDENCE,)


def test_silence_and_learning_lower_confidence_and_never_the_score() -> None:
    heard = assess(5_000_000, KNOWN, some_origins(4), CoverageState.OK, WEIGHTS)
    silent = assess(5_000_000, KNOWN, some_origins(4), CoverageState.SILENT, WEIGHTS)
    assert silent.score == heard.score
    assert silent.confidence < heard.confidence
