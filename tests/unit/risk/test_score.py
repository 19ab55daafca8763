from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.configfile import parse
from allywatch.engine.method import method_files
from allywatch.risk.ledger import Copy, Origin
from allywatch.risk.pressure import Baseline
from allywatch.risk.score import LEVELS, Cap, assess, confidence_of, level_of, score_of
from allywatch.risk.weights import Weights
from allywatch_schemas import CoverageState, Level

WEIGHTS, _ = parse(method_files()["risk/weights.yaml"], Weights, "risk/weights.yaml")
LEARNING = Baseline(day=20_000, mean=0, spread=0, days=10)
KNOWN = Baseline(day=20_000, mean=3_000_000, spread=1_000_000, days=200)
PRESSURE = st.integers(-(10**9), 10**9)

LAW = settings(max_examples=60, deadline=None)


def origins(count: int, certainty: int = 800, points: int = 10**6) -> list[Origin]:
    return [Origin((Copy(f"doc{n:05}", 1, ((0, 0, points),), certainty),)) for n in range(count)]


@LAW
@given(PRESSURE, PRESSURE, st.sampled_from([LEARNING, KNOWN]))
def test_more_pressure_never_gives_a_lower_score(a: int, b: int, baseline: Baseline) -> None:
    low, high = sorted((a, b))
    assert 0 <= score_of(low, baseline, WEIGHTS) <= score_of(high, baseline, WEIGHTS) <= 1000


@LAW
@given(PRESSURE)
def test_nothing_is_above_elevated_while_learning(pressure: int) -> None:
    level = assess(pressure, LEARNING, origins(16, 1000), CoverageState.OK, WEIGHTS).level
    assert LEVELS.index(level) <= LEVELS.index(Level.ELEVATED)


def test_two_standard_deviations_above_its_own_past_are_elevated() -> None:
    assert level_of(score_of(5_000_000, KNOWN, WEIGHTS), WEIGHTS) is Level.ELEVATED


def test_one_origin_alone_never_exceeds_elevated_and_the_score_still_tells() -> None:
    alone = assess(90_000_000, KNOWN, origins(1), CoverageState.OK, WEIGHTS)
    assert alone.level is Level.ELEVATED
    assert alone.caps == (Cap.FEW_ORIGINS,)
    assert alone.score == 1000
    assert level_of(alone.effective, WEIGHTS) is Level.ELEVATED


def test_relief_from_elsewhere_does_not_make_one_origin_two() -> None:
    mixed = [*origins(1), *origins(3, points=-1000)]
    assert Cap.FEW_ORIGINS in assess(90_000_000, KNOWN, mixed, CoverageState.OK, WEIGHTS).caps


def test_speculation_by_several_lacks_confidence() -> None:
    rumour = assess(90_000_000, KNOWN, origins(3, certainty=150), CoverageState.OK, WEIGHTS)
    assert rumour.caps == (Cap.LOW_CONFIDENCE,)


def test_confidence_grows_with_independent_origins() -> None:
    values = [confidence_of(origins(n), CoverageState.OK, False, WEIGHTS) for n in range(10)]
    assert values[0] == 0
    assert all(low < high for low, high in pairwise(values))


def test_silence_and_learning_lower_confidence_and_never_the_score() -> None:
    heard = assess(5_000_000, KNOWN, origins(4), CoverageState.OK, WEIGHTS)
    silent = assess(5_000_000, KNOWN, origins(4), CoverageState.SILENT, WEIGHTS)
    assert silent.score == heard.score
    assert silent.confidence < heard.confidence
