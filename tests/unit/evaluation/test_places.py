import pytest

from allywatch.evaluation.places import Allies, Answer, answers, parse_reuters, place_figures
from allywatch.regions import Registry, load_registry
from allywatch.text.places import PlaceTagger
from allywatch.text.scanning import Scanner

INVENTED = """<!DOCTYPE lewis SYSTEM "lewis.dtd">
<REUTERS TOPICS="NO" NEWID="1">
<DATE> 3-MAR-1987 09:19:31.96</DATE>
<PLACES><D>west-germany</D><D>usa</D></PLACES>
<TEXT>&#2;
<TITLE>WEST GERMANY EXPECTS MORE EXERCISES</TITLE>
<DATELINE>    BONN, March 3 - </DATELINE><BODY>West Germany said it expected more exercises &lt;invented>.
 Reuter
&#3;</BODY></TEXT>
</REUTERS>
<REUTERS TOPICS="BYPASS" NEWID="2">
<DATE> 4-MAR-1987 09:19:31.96</DATE>
<PLACES></PLACES>
<TEXT TYPE="BRIEF">&#2;
******<TITLE>A SHORT ITEM
</TITLE>Blah blah blah.
&#3;</TEXT>
</REUTERS>"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def tagger(registry: Registry) -> PlaceTagger:
    return PlaceTagger(registry, Scanner(registry))


def test_an_article_is_read_with_its_places_and_its_day() -> None:
    first, second = parse_reuters(INVENTED, "invented.sgm")
    assert first.places == ("west-germany", "usa")
    assert (first.indexed, second.indexed) == (True, False)
    assert first.article.title == "WEST GERMANY EXPECTS MORE EXERCISES"
    assert first.article.body.startswith("BONN, March 3 - West Germany said")
    assert "<invented>" in first.article.body
    assert first.article.published_at.date().isoformat() == "1987-03-03"
    assert (second.article.title, second.article.body, second.places) == ("A SHORT ITEM", "-", ())


def test_only_allies_count_and_places_are_spelled_with_hyphens(registry: Registry) -> None:
    assert Allies(registry).of(["west-germany", "usa", "ussr", "south-korea", "uk", "atlantis"]) == {
        "DEU",
        "KOR",
        "GBR",
    }


def test_what_title_and_dateline_name_is_tagged(registry: Registry, tagger: PlaceTagger) -> None:
    first, second = answers(parse_reuters(INVENTED, "invented.sgm"), tagger, Allies(registry))
    assert first.right == {"DEU"}
    assert first.weighed["DEU"] > 0.8
    assert (second.right, second.weighed) == (frozenset(), {})


def test_tags_come_the_surest_first_and_what_is_named_once_in_passing_is_none(
    registry: Registry, tagger: PlaceTagger
) -> None:
    (article, _) = parse_reuters(INVENTED, "invented.sgm")
    text = article.article.body + " Talk. " * 100 + "Like Portugal, it trades."
    tags = tagger.tags(article.article.model_copy(update={"body": text}))
    assert [tag.actor for tag in tags] == ["DEU"]


def test_precision_and_recall_count_every_tag_of_every_article() -> None:
    given = [
        Answer(frozenset({"DEU", "FRA"}), {"DEU": 0.9, "ITA": 0.6}),
        Answer(frozenset({"JPN"}), {"JPN": 0.8, "KOR": 0.2}),
    ]
    figures = place_figures(given, 0.5)
    assert (figures["precision"], figures["recall"]) == (0.6667, 0.6667)
    assert figures["precision_at_recall_0.9"] == 0.0
    assert figures["missed"] == {"FRA": 1}
