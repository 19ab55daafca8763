from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.alerts.rules import SEVERITIES, Rules
from allywatch.configfile import parse
from allywatch.engine.method import method_files
from allywatch.errors import ConfigError
from allywatch.risk.baseline import Baseline
from allywatch.risk.confidence import (
    confidence_of,
    corroboration_of,
    history_of,
    root_of,
)
from allywatch.risk.ledger import Origin
from allywatch.risk.score import LEVELS, assess
from allywatch.risk.weighing import Cited, Scale, copy_of, weigh
from allywatch.risk.weights import Weights
from allywatch_schemas import CoverageState, Level, Modality, Severity
from builders import a_document, a_source, an_evidence
from explaining import KNOWN, UNSURE, WEIGHTS, an_origin, origins, some_origins

RULES, _ = parse(method_files()["alerts/rules.yaml"], Rules, "alerts/rules.yaml")

SCALE = Scale.of(WEIGHTS)
CERTAIN = an_evidence(modality=Modality.ASSERTED, probability=0.6)

LAW = settings(max_examples=100, deadline=None)
PRESSURE = st.integers(-(10**9), 10**12)
BASELINE = st.builds(
    Baseline,
    day=st.just(20_000),
    mean=st.integers(-(10**7), 10**7),
    spread=st.integers(0, 10**7),
    days=st.integers(0, 2_000),
)


def heard(found: list[Origin], days: int = 365, coverage: CoverageState = CoverageState.OK) -> int:
    return confidence_of([each.lead for each in found], coverage, days, WEIGHTS).total


def test_many_asserted_origins_against_a_known_past_leave_little_doubt() -> None:
    assert heard(some_origins(8)) > 900


def test_confidence_grows_with_independent_origins() -> None:
    values = [heard(some_origins(count)) for count in range(8)]
    assert values[0] == 0
    assert all(low < high for low, high in pairwise(values))


def test_one_origin_is_not_believed_more_than_the_method_allows_however_good_its_source() -> None:
    assert heard([an_origin("oracle", certainty=1000)], days=10**6) <= 600


def test_ten_stories_of_one_house_are_no_better_founded_than_its_best() -> None:
    stories = [an_origin(f"story{n}", certainty=100 * n, voice="house.example") for n in range(1, 6)]
    assert heard(stories) == heard(stories[-1:])


def test_coded_events_of_one_coder_count_by_event() -> None:
    coder = a_source(id="icews", name="ICEWS")
    events = [
        a_document(doc_id=f"event-{n}", fingerprint=f"{n}", source=coder, language=None) for n in range(8)
    ]
    told = [
        Origin((copy_of(Cited.of(each, each.doc_id), weigh([CERTAIN], None, SCALE), SCALE),))
        for each in events
    ]
    assert len({root_of(each.lead) for each in told}) == 8
    assert heard(told) > 900


@pytest.mark.parametrize("modality", UNSURE)
def test_what_many_only_suppose_stays_below_what_caps_ask_for(modality: str) -> None:
    supposed = [each.lead for each in some_origins(16, modality=modality)]
    rumour = confidence_of(supposed, CoverageState.OK, 10**6, WEIGHTS)
    assert rumour.corroboration > 990
    assert rumour.founded < round(WEIGHTS.caps.min_confidence * 1000)


def test_a_whisper_of_fact_does_not_vouch_for_a_loud_rumour() -> None:
    rumour = some_origins(14, points=4_000_000, modality="speculative")
    whispers = [an_origin(f"whisper{n}", points=1_000) for n in range(2)]
    assert heard(rumour + whispers) < 300


def test_history_counts_by_degrees() -> None:
    factors = [history_of(days, WEIGHTS.confidence) for days in (-1, 0, 30, 60, 180, 365)]
    assert factors == [400, 400, 700, 800, 914, 954]


@LAW
@given(st.lists(st.integers(0, 1000), max_size=16), st.randoms())
def test_corroboration_is_exact_whatever_the_order(reliabilities: list[int], random: Random) -> None:
    shuffled = random.sample(reliabilities, len(reliabilities))
    assert corroboration_of(shuffled) == corroboration_of(reliabilities)
    assert max(reliabilities, default=0) <= corroboration_of(reliabilities) <= 1000


def test_silence_lowers_confidence_and_no_level() -> None:
    found = some_origins(4)
    ok, silent = (
        assess(9_000_000, KNOWN, found, heard, WEIGHTS) for heard in (CoverageState.OK, CoverageState.SILENT)
    )
    assert silent.confidence < ok.confidence
    assert (silent.level, silent.effective, silent.caps) == (ok.level, ok.effective, ok.caps)


@LAW
@given(PRESSURE, BASELINE, origins(roots=1), st.sampled_from(CoverageState))
def test_one_root_never_lifts_a_level_above_elevated_nor_an_alert_above_warning(
    pressure: int, baseline: Baseline, found: dict[str, Origin], coverage: CoverageState
) -> None:
    held_down(pressure, baseline, found, coverage)


@LAW
@given(PRESSURE, BASELINE, origins(modalities=UNSURE), st.sampled_from(CoverageState))
def test_what_nobody_asserts_never_lifts_a_level_above_elevated_nor_an_alert_above_warning(
    pressure: int, baseline: Baseline, found: dict[str, Origin], coverage: CoverageState
) -> None:
    held_down(pressure, baseline, found, coverage)


def held_down(pressure: int, baseline: Baseline, found: dict[str, Origin], coverage: CoverageState) -> None:
    held = assess(pressure, baseline, tuple(found.values()), coverage, WEIGHTS)
    assert LEVELS.index(held.level) <= LEVELS.index(Level.ELEVATED)
    assert held.effective < WEIGHTS.levels.high * 10
    assert held.caps
    for rule in RULES.rules:
        told = RULES.severity(rule, bool(held.caps))
        assert SEVERITIES.index(told) <= SEVERITIES.index(Severity.WARNING)


def test_weights_that_would_let_speculation_pass_are_refused() -> None:
    text = method_files()["risk/weights.yaml"].replace("min_confidence: 0.4", "min_confidence: 0.3")
    with pytest.raises(ConfigError, match="must be above modality"):
        parse(text, Weights, "risk/weights.yaml")
