"""From coded events to evidence: who, in which direction, with which sign."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.events import EventReader, Relation, load_codebook, relation_of
from allywatch.regions import derive, load_registry
from allywatch_schemas import (
    DiplomaticEvent,
    Evidence,
    EvidenceKind,
    Mechanism,
    Modality,
    PloverRoot,
    QuadClass,
    Role,
    Track,
)
from builders import NOON, an_actor, an_event

REGISTRY = load_registry()
READER = EventReader(REGISTRY)
CODES = sorted(load_codebook())


def event(source: str | None, target: str | None, cameo: str, **changes: object) -> DiplomaticEvent:
    actors = {
        "source_actor": an_actor(country=source),
        "target_actor": an_actor(country=target),
        "cameo": cameo,
        "goldstein": None,
        "tone": None,
    }
    return an_event(**actors | changes)


def signs(source: str, target: str, cameo: str) -> dict[str, float]:
    return {item.region: item.sign for item in READER.read(event(source, target, cameo))}


@pytest.mark.parametrize("cameo", ["0874", "0873", "1621", "1622", "161", "1224", "1311", "1661"])
def test_a_patrons_retreat_from_its_ally_raises_the_allys_risk(cameo: str) -> None:
    (item,) = READER.read(event("USA", "UKR", cameo))
    assert item.sign > 0
    assert item.mechanism is Mechanism.PATRON_DISENGAGEMENT
    assert (item.region, item.role, item.patron) == ("UKR", Role.TARGET, "USA")


@pytest.mark.parametrize("cameo", ["072", "074", "062", "051", "0332", "085"])
def test_a_patrons_help_lowers_it(cameo: str) -> None:
    (item,) = READER.read(event("USA", "UKR", cameo))
    assert item.sign < 0
    assert item.mechanism is Mechanism.PATRON_REASSURANCE


def test_the_same_retreat_by_an_adversary_lowers_it() -> None:
    assert signs("RUS", "UKR", "0874")["UKR"] < 0 < signs("UKR", "RUS", "0874")["UKR"]


@pytest.mark.parametrize("cameo", ["138", "1384", "154", "190", "163", "112", "192", "10"])
def test_an_adversarys_threats_and_acts_raise_it(cameo: str) -> None:
    assert signs("CHN", "TWN", cameo)["TWN"] > 0


def test_what_an_ally_offers_its_adversary_lowers_it() -> None:
    assert signs("KOR", "PRK", "0356")["KOR"] < 0
    assert signs("KOR", "PRK", "0871")["KOR"] < 0


@pytest.mark.parametrize(("source", "target"), [("RUS", "IND"), ("CHN", "BRA"), ("RUS", "USA")])
def test_an_adversarys_cooperation_with_others_says_nothing(source: str, target: str) -> None:
    assert "UKR" not in signs(source, target, "057")
    assert "TWN" not in signs(source, target, "057")


def test_both_sides_get_their_item_and_the_source_side_counts_less() -> None:
    target, source = READER.read(event("JPN", "KOR", "112"))
    assert (target.region, target.role) == ("KOR", Role.TARGET)
    assert (source.region, source.role) == ("JPN", Role.SOURCE)
    assert 0 < source.sign < target.sign
    assert {(item.actor, item.target) for item in (target, source)} == {("JPN", "KOR")}


@pytest.mark.parametrize(
    ("source", "target", "cameo"),
    [
        ("UKR", "UKR", "190"),
        (None, "UKR", "190"),
        ("RUS", None, "190"),
        ("USA", "RUS", "112"),
        ("AFR", "UKR", "190"),
        ("RUS", "UKR", "010"),
        ("RUS", "UKR", "99"),
        ("USA", "UKR", "0841"),
    ],
)
def test_domestic_unknown_foreign_and_neutral_events_give_nothing(
    source: str | None, target: str | None, cameo: str
) -> None:
    assert READER.read(event(source, target, cameo)) == []


@pytest.mark.parametrize(
    ("region", "other", "role", "relation"),
    [
        ("UKR", "USA", Role.TARGET, Relation.FROM_PATRON),
        ("UKR", "RUS", Role.SOURCE, Relation.TO_ADVERSARY),
        ("JPN", "KOR", Role.TARGET, Relation.FROM_ALLY),
        ("GRC", "TUR", Role.TARGET, Relation.FROM_ADVERSARY),
        ("ARM", "RUS", Role.TARGET, Relation.FROM_PATRON),
        ("JPN", "BRA", Role.SOURCE, Relation.TO_OTHER),
    ],
)
def test_the_relation_is_seen_from_the_region(
    region: str, other: str, role: Role, relation: Relation
) -> None:
    assert relation_of(REGISTRY, region, other, role) is relation


def test_an_item_says_what_was_read_and_by_which_rule() -> None:
    (item,) = READER.read(event("USA", "UKR", "1622", text=None, mentions=100, provider="icews"))
    assert item.kind is EvidenceKind.EVENT
    assert item.track is Track.ACTS
    assert (item.plover_root, item.quad) == (PloverRoot.SANCTION, QuadClass.MATERIAL_CONFLICT)
    assert item.modality is Modality.ASSERTED
    assert item.intensity == pytest.approx(0.56)
    assert item.salience == 1
    assert item.quote == "Reduce or stop military assistance"
    assert (item.trigger, item.rule_id) == ("1622", "from_patron.1622")
    assert item.lexicon_version == READER.version
    assert item.span is None
    assert item.event_time == NOON
    assert item.source_weight > READER.read(event("USA", "UKR", "1622", provider="gdelt"))[0].source_weight


def test_tone_moves_the_intensity_by_a_tenth_at_most_and_towards_risk_when_it_is_gloomy() -> None:
    def intensity(cameo: str, tone: float | None) -> float:
        return READER.read(event("USA", "UKR", cameo, tone=tone))[0].intensity

    assert intensity("1622", -5) == pytest.approx(0.56 * 1.05)
    assert intensity("1622", -500) == pytest.approx(0.56 * 1.1)
    assert intensity("1622", 500) == pytest.approx(0.56 * 0.9)
    assert intensity("062", -500) == pytest.approx(0.74 * 0.9)


def test_more_mentions_are_more_salient_but_less_and_less() -> None:
    salience = [READER.read(event("RUS", "UKR", "190", mentions=n))[0].salience for n in (10, 20, 30, 10_000)]
    assert salience == sorted(salience)
    assert salience[1] - salience[0] > salience[2] - salience[1] > 0
    assert salience[3] == 1


def test_another_version_of_an_event_has_other_ids_and_the_same_version_the_same() -> None:
    first, again = READER.read(event("RUS", "UKR", "190")), READER.read(event("RUS", "UKR", "190"))
    later = READER.read(event("RUS", "UKR", "190", version=2))
    assert first == again
    assert first[0].id != later[0].id


countries = st.one_of(
    st.none(),
    st.sampled_from(["USA", "RUS", "CHN", "IRN", "AFR", "BRA", *REGISTRY.regions]).filter(
        lambda c: len(c) == 3
    ),
    st.text("ABCXYZ", min_size=3, max_size=3),
)
events = st.builds(
    event,
    countries,
    countries,
    st.one_of(st.sampled_from(CODES), st.text("0123456789", min_size=2, max_size=4)),
    id=st.text(min_size=1, max_size=60),
    version=st.integers(1, 9),
    provider=st.text(max_size=20),
    goldstein=st.none() | st.floats(-10, 10),
    mentions=st.integers(1, 10**12),
    tone=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    text=st.none() | st.text(max_size=60),
    occurred_at=st.timedeltas(timedelta(0), timedelta(days=9_000)).map(lambda age: NOON - age),
)


@settings(max_examples=150)
@given(events)
def test_any_valid_event_gives_valid_evidence_with_ids_of_its_own(one: DiplomaticEvent) -> None:
    items = READER.read(one)
    assert items == READER.read(one)
    assert not items or READER.heeds(one.source_actor.country, one.target_actor.country, one.cameo)
    both = [*items, *derive(items, REGISTRY)]
    assert len({item.id for item in both}) == len(both)
    for item in both:
        assert item == Evidence.model_validate(item.model_dump())
        assert 0 < item.intensity <= 1
        assert item.sign != 0
        assert item.doc_id == one.id
        assert item.region in REGISTRY.regions


@pytest.mark.parametrize("cameo", CODES)
def test_every_code_can_be_read_in_both_directions(cameo: str) -> None:
    for source, target in (("USA", "UKR"), ("UKR", "RUS"), ("RUS", "UKR"), ("JPN", "KOR"), ("BRA", "POL")):
        items = READER.read(event(source, target, cameo))
        assert len(items) <= 2
        assert not (cameo.startswith("01") and items)
