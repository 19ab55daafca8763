"""What follows from evidence on one region for others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allywatch.regions import derive, load_registry
from allywatch_schemas import Evidence, EvidenceKind, Mechanism, Modality, Role, Track
from builders import an_event_evidence, an_evidence

REGISTRY = load_registry()


def a_disengagement(**changes: Any) -> Evidence:
    defaults = {
        "id": "origin",
        "region": "UKR",
        "mechanism": Mechanism.PATRON_DISENGAGEMENT,
        "actor": "USA",
        "target": "UKR",
        "patron": "USA",
        "adversary": None,
        "sign": 0.8,
        "intensity": 0.9,
        "probability": 0.5,
        "modality": Modality.SPECULATIVE,
    }
    return an_evidence(**defaults | changes)


def an_attack(**changes: Any) -> Evidence:
    defaults = {
        "id": "origin",
        "region": "UKR",
        "mechanism": Mechanism.MILITARY_THREAT,
        "track": Track.ACTS,
        "actor": "RUS",
        "target": "UKR",
        "adversary": "RUS",
        "patron": None,
        "sign": 1.0,
        "intensity": 1.0,
    }
    return an_event_evidence(**defaults | changes)


def through_exposures(items: list[Evidence]) -> dict[str, Evidence]:
    return {item.region: item for item in items if item.role is Role.EXPOSED_ALLY}


def test_a_patrons_retreat_reaches_the_exposed_at_the_weight_of_the_exposure() -> None:
    origin = a_disengagement()
    derived = through_exposures(derive([origin], REGISTRY))
    assert {"POL", "EST", "LVA", "LTU", "TWN", "JPN", "VNM", "MDA"} <= set(derived)
    weight = {e.region: e.weight for e in REGISTRY.exposures_of("UKR")}["POL"]
    poland = derived["POL"]
    assert poland.intensity == pytest.approx(origin.intensity * weight)
    assert poland.probability == pytest.approx(origin.probability * REGISTRY.contagion.inference)
    assert (poland.sign, poland.modality, poland.quote) == (origin.sign, origin.modality, origin.quote)
    assert (poland.derived_from, poland.derived_region) == ("origin", "UKR")


def test_an_adversarys_attack_reaches_neighbours_but_says_less_than_the_patrons_own_act() -> None:
    attack, retreat = derive([an_attack()], REGISTRY), derive([a_disengagement(intensity=1.0)], REGISTRY)
    by_attack, by_retreat = through_exposures(attack), through_exposures(retreat)
    assert "POL" in by_attack
    assert set(by_attack) < set(by_retreat)
    assert by_attack["POL"].intensity < by_retreat["POL"].intensity


@pytest.mark.parametrize(
    "origin",
    [
        a_disengagement(modality=Modality.DENIED),
        a_disengagement(modality=Modality.HISTORIC),
        a_disengagement(intensity=0.0),
    ],
)
def test_what_is_denied_long_over_or_void_reaches_nobody(origin: Evidence) -> None:
    assert derive([origin], REGISTRY) == []


@pytest.mark.parametrize(
    "origin",
    [
        a_disengagement(sign=-0.5),
        a_disengagement(mechanism=Mechanism.PATRON_REASSURANCE),
        a_disengagement(patron=None, actor=None),
        a_disengagement(patron="IRN"),
        an_attack(actor="BRA", adversary=None),
        an_attack(track=Track.WORDS),
    ],
)
def test_only_doubt_about_a_common_patron_and_adversaries_acts_reach_the_exposed(origin: Evidence) -> None:
    assert through_exposures(derive([origin], REGISTRY)) == {}


def test_a_members_item_is_copied_to_its_groups_at_its_share() -> None:
    item = an_evidence(id="origin", region="LVA", intensity=0.5, sign=-0.4, modality=Modality.ASSERTED)
    copies = {c.region: c for c in derive([item], REGISTRY) if c.role is Role.BYSTANDER}
    assert set(copies) == set(REGISTRY.groups_of("LVA"))
    share = dict(REGISTRY.regions["BALTIC_STATES"].members)["LVA"]
    assert copies["BALTIC_STATES"].intensity == pytest.approx(0.5 * share)
    assert copies["BALTIC_STATES"].mechanism is item.mechanism


def test_many_sentences_of_one_document_are_one_reason_for_an_exposed_region() -> None:
    weak = a_disengagement(id="weak", intensity=0.3)
    strong = a_disengagement(id="strong", intensity=0.9)
    derived = [i for i in derive([weak, strong, weak], REGISTRY) if i.region == "POL"]
    assert [i.derived_from for i in derived] == ["strong"]
    elsewhere = a_disengagement(id="elsewhere", doc_id="another", intensity=0.3)
    assert len([i for i in derive([strong, elsewhere], REGISTRY) if i.region == "POL"]) == 2


def test_what_is_asserted_goes_before_a_stronger_speculation() -> None:
    guess = a_disengagement(id="guess", intensity=1.0)
    fact = a_disengagement(id="fact", intensity=0.5, modality=Modality.ASSERTED)
    assert through_exposures(derive([guess, fact], REGISTRY))["POL"].derived_from == "fact"


evidence = st.builds(
    a_disengagement,
    id=st.text(min_size=1, max_size=20),
    region=st.sampled_from([*REGISTRY.regions, "BRA"]),
    mechanism=st.sampled_from(Mechanism),
    modality=st.sampled_from(Modality),
    track=st.sampled_from(Track),
    actor=st.sampled_from([None, "USA", "RUS", "CHN", "NATO"]),
    patron=st.sampled_from([None, "USA", "NATO"]),
    sign=st.floats(-1, 1),
    intensity=st.floats(0, 1),
    probability=st.floats(0, 1),
)


@settings(max_examples=60)
@given(st.lists(evidence, max_size=4, unique_by=lambda item: item.id))
def test_derived_items_are_valid_deterministic_unique_and_never_stronger(items: list[Evidence]) -> None:
    derived = derive(items, REGISTRY)
    by_id = {item.id: item for item in items}
    assert derived == derive(items, REGISTRY)
    assert len({item.id for item in derived}) == len(derived)
    assert len(derived) <= 2 * len(REGISTRY.regions)
    for item in derived:
        assert item == Evidence.model_validate(item.model_dump())
        origin = by_id[item.derived_from or ""]
        assert item.kind is EvidenceKind.CONTAGION
        assert item.region in REGISTRY.regions
        assert item.region != origin.region
        assert item.derived_region == origin.region
        assert item.intensity <= origin.intensity
        assert item.probability <= origin.probability


@settings(max_examples=30)
@given(st.lists(evidence, max_size=3))
def test_nothing_follows_from_what_is_derived(items: list[Evidence]) -> None:
    assert derive(derive(items, REGISTRY), REGISTRY) == []
