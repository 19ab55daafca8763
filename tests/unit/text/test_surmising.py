"""What a model over whole sentences adds to cues. All sentences are invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.regions import load_registry
from allywatch.text.bearing import NONE, BearingModel, features
from allywatch.text.folding import fold
from allywatch.text.relations import ADVERSARY, OTHER, PATRON, SELF, Relations, View, symbols
from allywatch.text.scanning import Scanner
from allywatch_schemas import Mechanism

REGISTRY = load_registry()
SCANNER = Scanner(REGISTRY)
RELATIONS = Relations(REGISTRY)
MODEL = BearingModel.load()
DAY = date(2026, 3, 1)


def views(text: str) -> dict[str, View]:
    found = RELATIONS.views(text, 0, SCANNER.mentions(text, DAY))
    return {region: view for view in found for region in view.regions}


def parts(text: str, region: str) -> list[str]:
    return [part for _, _, part in views(text)[region].marks]


def test_every_name_gives_way_to_its_part_for_the_region() -> None:
    text = "Russia warned Poland while the United States and Brazil looked on."
    assert parts(text, "POL") == [ADVERSARY, SELF, PATRON]
    assert parts("Norway and Russia spoke of Ukraine.", "NOR") == [SELF, ADVERSARY, OTHER]


def test_the_members_of_a_list_are_in_one_boat() -> None:
    found = views("China warned Vietnam, Taiwan and Japan.")
    assert found["VNM"] is found["TWN"]
    assert parts("China warned Vietnam, Taiwan and Japan.", "TWN") == [ADVERSARY, SELF]


def test_the_same_words_about_other_places_are_the_same_row() -> None:
    rows = [
        [symbol for symbol, _ in symbols(fold(text), views(text)[region].marks)]
        for text, region in (
            ("Russia moved troops to the border of Estonia.", "EST"),
            ("China moved troops to the border of Taiwan.", "TWN"),
        )
    ]
    assert rows[0] == rows[1]


def test_words_are_stems_numbers_are_one_and_characters_go_in_pairs() -> None:
    assert [s for s, _ in symbols("threatening 17 ships", ())] == ["threat", "#", "ships"]
    assert [s for s, _ in symbols("军事演习", ())] == ["军事", "事演", "演习"]


@given(st.text(max_size=60))
def test_symbols_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    for symbol, start in symbols(folded, ()):
        assert symbol == "#" or folded.startswith(symbol, start)


def test_a_sentence_is_seen_by_a_region_named_before_it() -> None:
    text = "Moscow sent more troops."
    mentions = SCANNER.mentions(text, DAY)
    carried = RELATIONS.carried_view("LVA", 0, mentions)
    assert carried is not None
    assert [part for _, _, part in carried.marks] == [ADVERSARY]
    assert RELATIONS.carried_view("VNM", 0, mentions) is None


def test_probabilities_of_all_labels_add_up_to_one() -> None:
    row = symbols(fold("Russia moved troops."), ((0, 6, ADVERSARY),))
    shares = MODEL.shares([features(row)])
    assert shares.shape == (1, len(MODEL.labels))
    assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
    assert NONE in MODEL.labels


def test_a_trigger_is_a_word_and_no_name() -> None:
    text = "Russia massed tanks and howitzers along the border of Latvia overnight."
    row = symbols(fold(text), views(text)["LVA"].marks)
    ((likeliest, *_),) = MODEL.read([row], [features(row)], 0.3)
    assert likeliest.mechanism is Mechanism.MILITARY_THREAT
    assert not row[likeliest.trigger][0].startswith("<")


@pytest.mark.parametrize(
    "text",
    [
        "The United States imported more wine from Spain.",
        "Russia and Poland played to a draw in the hockey final.",
        "Ukraine attacked a fuel depot in Russia.",
    ],
)
def test_harmless_news_and_a_regions_own_blows_say_nothing(text: str) -> None:
    for view in views(text).values():
        row = symbols(fold(text), view.marks)
        assert MODEL.read([row], [features(row)], 0.5) == [[]]
