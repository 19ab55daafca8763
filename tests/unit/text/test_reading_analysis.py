"""The ways in which a prototype misread an analysis article, each with words of our own in the same shape."""

from datetime import UTC, datetime

import pytest

from allywatch.text import ArticleReader
from allywatch_schemas import Evidence, EvidenceKind, Mechanism, Modality, NewsArticle, Source
from builders import an_article

IN_OFFICE = datetime(2025, 6, 3, 9, tzinfo=UTC)

ANALYSIS = """\
Exercise: a long telephone call has fed the guess that the American president might step back from Ukraine.

Nobody in office says so. Should Washington walk away from Ukraine, Europe would look different.

What a retreat would do

If the U.S. were to pull back from Ukraine, it would not only embolden Moscow but might split NATO.

Such a pullback would almost certainly:
- Weaken NATO cohesion, above all with neighbours like Poland and the Baltic states feeling more vulnerable.
- Empower Russia to consolidate its gains in the east of Ukraine.
- Encourage others (such as China, Iran and North Korea) to test Western resolve.

Abandoning Ukraine sends a message to Asia, including Vietnam, Taiwan, and Japan.

It could reshape calculations in the South China Sea.

Vietnam Insider will follow this story.
Related
Taiwan braces as China threatens invasion
Discover more from Vietnam Insider
Subscribe to hear when China attacks Vietnam
Source: Vietnam Insider
"""


def analysis(**changes: object) -> NewsArticle:
    return an_article(
        **{
            "title": "Exercise: what if Washington walks away from Ukraine?",
            "body": ANALYSIS,
            "published_at": IN_OFFICE,
            "source": Source(id="vietnam-insider.example", name="Vietnam Insider"),
        }
        | changes
    )


@pytest.fixture(scope="module")
def items(reader: ArticleReader) -> list[Evidence]:
    return reader.read(analysis())


def of(items: list[Evidence], region: str, mechanism: Mechanism) -> list[Evidence]:
    return [item for item in items if item.region == region and item.mechanism is mechanism]


def test_every_exposed_ally_is_found_directly(items: list[Evidence]) -> None:
    assert {"UKR", "POL", "EST", "LVA", "LTU", "TWN", "JPN", "VNM", "SOUTH_CHINA_SEA"} <= {
        item.region for item in items
    }


def test_nothing_in_an_analysis_is_asserted(items: list[Evidence]) -> None:
    assert items
    assert Modality.ASSERTED not in {item.modality for item in items}


def test_list_items_inherit_the_modality_of_their_lead_line(items: list[Evidence]) -> None:
    (poland,) = of(items, "POL", Mechanism.ALLIANCE_COHESION)
    assert poland.modality is Modality.CONDITIONAL
    assert poland.quote.startswith("Weaken NATO cohesion")


def test_list_items_of_a_sure_lead_line_stay_asserted(reader: ArticleReader) -> None:
    body = "Two things happened:\n- Russia attacked a port.\n- Russia attacked a depot in Ukraine."
    found = reader.read(analysis(title="", body=body))
    assert {item.modality for item in found} == {Modality.ASSERTED}


def test_an_abbreviated_country_does_not_split_its_sentence(items: list[Evidence]) -> None:
    (pullback,) = [i for i in of(items, "UKR", Mechanism.PATRON_DISENGAGEMENT) if "pull back" in i.trigger]
    assert pullback.quote.startswith("If the U.S. were to pull back from Ukraine")
    assert pullback.patron == "USA"
    assert pullback.modality is Modality.CONDITIONAL


def test_analysis_gives_mechanisms_and_no_events(items: list[Evidence]) -> None:
    assert {item.kind for item in items} == {EvidenceKind.MECHANISM}


def test_page_furniture_gives_nothing(reader: ArticleReader) -> None:
    body = ANALYSIS[ANALYSIS.index("Vietnam Insider will") :]
    assert reader.read(analysis(title="Exercise", body=body)) == []


def test_the_outlets_own_name_is_no_region(reader: ArticleReader) -> None:
    line = "Vietnam Insider says the United States may abandon Ukraine."
    found = reader.read(analysis(title="Exercise", body=line))
    assert {item.region for item in found} == {"UKR"}


def test_coordinated_lists_give_an_item_for_each_member(items: list[Evidence]) -> None:
    regions = [
        i.region for i in items if i.mechanism is Mechanism.DETERRENCE_CREDIBILITY and "Vietnam" in i.quote
    ]
    assert sorted(regions) == ["JPN", "TWN", "VNM"]


def test_a_small_group_stands_for_its_members(items: list[Evidence]) -> None:
    regions = {i.region for i in items if i.quote.startswith("Weaken NATO cohesion")}
    assert regions == {"POL", "EST", "LVA", "LTU"}


def test_contagion_is_left_to_its_own_step(items: list[Evidence]) -> None:
    assert all(item.derived_from is None for item in items)


def test_an_adversary_is_named_where_it_is_emboldened(items: list[Evidence]) -> None:
    found = of(items, "UKR", Mechanism.ADVERSARY_EMBOLDENED)
    assert found
    assert {item.adversary for item in found} == {"RUS"}


def test_reading_twice_gives_the_same_items(reader: ArticleReader, items: list[Evidence]) -> None:
    assert reader.read(analysis()) == items
    assert len({item.id for item in items}) == len(items)


def test_one_item_per_region_mechanism_and_sentence(items: list[Evidence]) -> None:
    keys = [(item.region, item.mechanism, item.span) for item in items]
    assert len(keys) == len(set(keys))
