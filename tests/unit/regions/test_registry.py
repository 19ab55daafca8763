"""The registry that ships: who is in it, who is exposed to whom, and what names lead to."""

from datetime import date

import pytest

from allywatch.regions import (
    ActorKind,
    NameKind,
    RegionKind,
    Registry,
    load_registry,
)
from allywatch.regions.names import expand

LANGUAGES = [
    *("en", "uk", "pl", "ru", "cs", "lt", "lv", "et", "de", "fr", "es", "it", "ro"),
    *("zh-Hans", "zh-Hant", "ja", "ko", "vi", "ar", "tr", "tl", "id"),
]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_the_allies_of_the_design_are_regions(registry: Registry) -> None:
    named = {"UKR", "POL", "EST", "LVA", "LTU", "ROU", "FIN", "MDA", "GEO", "TWN", "JPN", "KOR", "PHL", "VNM"}
    gulf = {"ISR", "SAU", "ARE", "QAT", "KWT", "BHR", "OMN", "JOR"}
    assert named | gulf <= set(registry.regions)
    assert len(registry.regions) >= 50


def test_patrons_and_adversaries_are_actors_and_no_region_is_its_own(registry: Registry) -> None:
    for region in registry.regions.values():
        others = {*registry.patrons_of(region.id), *registry.adversaries_of(region.id)}
        assert others <= set(registry.actors)
        assert region.id not in others


@pytest.mark.parametrize("strong", ["MDA", "POL", "EST", "LVA", "LTU", "ROU", "GEO", "FIN"])
def test_doubt_about_ukraine_reaches_its_neighbours_strongly(registry: Registry, strong: str) -> None:
    weights = {e.region: e.weight for e in registry.exposures_of("UKR")}
    assert weights[strong] >= 0.5


@pytest.mark.parametrize("weak", ["TWN", "JPN", "KOR", "VNM", "PHL"])
def test_doubt_about_ukraine_reaches_asia_weakly(registry: Registry, weak: str) -> None:
    weights = {e.region: e.weight for e in registry.exposures_of("UKR")}
    assert 0 < weights[weak] <= 0.4


@pytest.mark.parametrize(
    ("guarantee", "exposed"),
    [("TWN", {"JPN", "PHL", "KOR", "VNM"}), ("ISR", {"SAU", "ARE", "BHR", "GULF"}), ("PHL", {"VNM", "TWN"})],
)
def test_doubt_about_one_ally_reaches_those_in_the_same_place(
    registry: Registry, guarantee: str, exposed: set[str]
) -> None:
    assert exposed <= {e.region for e in registry.exposures_of(guarantee)}


def test_every_exposure_gives_a_reason_and_a_document_and_the_strongest_come_first(
    registry: Registry,
) -> None:
    for region in registry.regions:
        exposures = registry.exposures_of(region)
        assert [e.weight for e in exposures] == sorted((e.weight for e in exposures), reverse=True)
        assert all(e.reason.endswith(".") and e.sources and e.patrons for e in exposures)


def test_a_group_takes_over_less_than_the_sum_and_no_less_than_the_mean_of_its_members(
    registry: Registry,
) -> None:
    for region in registry.regions.values():
        if region.kind is RegionKind.COUNTRY:
            assert region.members == ()
        else:
            total = sum(share for _, share in region.members)
            assert 0.5 <= total <= len(region.members)
            assert all(region.id in registry.groups_of(member) for member, _ in region.members)


def test_a_patron_leaves_nobody_unnamed_in_five_languages(registry: Registry) -> None:
    for region in registry.regions:
        languages = {name.language for name in registry.actors[region].names}
        assert {"en", "zh-Hans", "de", "fr", "es"} - languages <= {"es", "fr"}, region


def test_two_actors_share_a_name_only_where_both_declare_it_ambiguous(registry: Registry) -> None:
    owners: dict[str, set[str]] = {}
    for name in registry.names():
        if name.kind is not NameKind.LEADER:
            owners.setdefault(name.text.casefold(), set()).add(name.actor)
    shared = [name for name in registry.names() if len(owners.get(name.text.casefold(), ())) > 1]
    assert shared
    assert all(name.needs_context for name in shared)


def test_one_person_may_speak_for_one_after_the_other(registry: Registry) -> None:
    kallas = [name for name in registry.names() if name.text == "Kaja Kallas"]
    assert {name.actor for name in kallas if name.holds_on(date(2023, 5, 1))} == {"EST"}
    assert {name.actor for name in kallas if name.holds_on(date(2025, 5, 1))} == {"EUROPEAN_UNION"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_name_in_every_language(registry: Registry, language: str) -> None:
    named = {n.actor for n in registry.names() if n.language == language and n.kind is NameKind.COUNTRY}
    states = {a.id for a in registry.actors.values() if a.kind is ActorKind.COUNTRY}
    assert states - named == set()


@pytest.mark.parametrize("language", ["en", "uk", "ru", "pl", "cs", "lt", "de", "fr", "es", "it", "ar"])
def test_every_region_of_the_first_design_has_a_people_in_the_languages_that_inflect(
    registry: Registry, language: str
) -> None:
    named = {n.actor for n in registry.names() if n.language == language and n.kind is NameKind.DEMONYM}
    regions = {"UKR", "POL", "EST", "LVA", "LTU", "ROU", "FIN", "MDA", "GEO", "TWN", "JPN", "PHL", "VNM"}
    assert regions - named == set()


@pytest.mark.parametrize(
    ("actor", "text"),
    [("GEO", "Georgia"), ("JOR", "Jordan"), ("TUR", "Turkey"), ("KOR", "Korean"), ("USA", "Washington")],
)
def test_names_with_another_meaning_need_context(registry: Registry, actor: str, text: str) -> None:
    assert all(n.needs_context for n in registry.actors[actor].names if n.text == text)


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("Lublin", "POL"),
        ("Украину", "UKR"),
        ("україною", "UKR"),
        ("Polsce", "POL"),
        ("臺灣", "TWN"),
        ("Đài Loan", "TWN"),
        ("韓国", "KOR"),
        ("أوكرانيا", "UKR"),
        ("Lietuvoje", "LTU"),
        ("Зеленского", "UKR"),
        ("習近平", "CHN"),
        ("Suwałki gap", "SUWALKI_CORRIDOR"),
    ],
)
def test_names_and_their_inflections_lead_to_their_actor(registry: Registry, text: str, actor: str) -> None:
    assert {n.actor for n in registry.names() if n.text.casefold() == text.casefold()} == {actor}


def test_a_leader_stands_for_the_state_only_while_in_office(registry: Registry) -> None:
    trump = [n for n in registry.actors["USA"].names if n.text == "Trump" and n.language == "en"]
    assert {n.kind for n in trump} == {NameKind.LEADER}
    in_office = {d: any(n.holds_on(d) for n in trump) for d in (date(2018, 1, 1), date(2022, 1, 1))}
    assert in_office == {date(2018, 1, 1): True, date(2022, 1, 1): False}


def test_braces_spell_out_every_combination() -> None:
    assert expand("Pol{ska,ski}") == ("Polska", "Polski")
    assert expand("Kyiv") == ("Kyiv",)
    assert expand("a{,n} b{,c}") == ("a b", "a bc", "an b", "an bc")


@pytest.mark.parametrize("form", ["Pol{ska", "Polska}", "P{o{l}}ska", "}{"])
def test_braces_that_do_not_pair_are_refused(form: str) -> None:
    with pytest.raises(ValueError, match="braces"):
        expand(form)
