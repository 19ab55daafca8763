from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allywatch.reading import page, screen
from allywatch.reading.findings import findings, runs
from allywatch.reading.wording import summary
from allywatch.regions import load_registry
from allywatch.stream.extraction import Extractor, make_extractor
from allywatch.text.clean import clean
from allywatch_schemas import MediaType, NewsArticle
from builders import an_article

IN_OFFICE = datetime(2025, 6, 3, 9, tzinfo=UTC)
TEXT = """\
Exercise: Washington may walk away from Ukraine, an analyst of the exercise said.

Nothing else happened. Russia attacked a port in Ukraine."""


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return make_extractor(load_registry())


def an_exercise(body: str = TEXT, **changes: object) -> NewsArticle:
    return an_article(**{"title": "Exercise: a story", "body": body, "published_at": IN_OFFICE} | changes)


def test_a_finding_is_a_cue_with_all_the_regions_it_concerns(extractor: Extractor) -> None:
    article = an_exercise("Exercise: Russia attacked a port in Latvia and a port in Estonia.")
    found = findings(clean(article), extractor(article).items)
    assert [each.regions for each in found] == [("EST", "LVA")]
    assert found[0].number == 1


def test_findings_stand_where_their_words_stand(extractor: Extractor) -> None:
    article = an_exercise()
    shown = clean(article)
    found = findings(shown, extractor(article).items)
    assert [shown.text[slice(*each.trigger)] for each in found] == [each.item.trigger for each in found]
    assert [each.number for each in found] == list(range(1, len(found) + 1))
    assert len(found) >= 2


def test_what_spreads_is_told_with_what_it_follows_from(extractor: Extractor) -> None:
    article = an_exercise("Exercise: Washington is walking away from Ukraine.")
    (found,) = findings(clean(article), extractor(article).items)
    assert {"POL", "EST"} <= set(found.reached)
    assert "UKR" not in found.reached


def test_quotes_of_a_page_are_marked_in_its_readable_text(extractor: Extractor) -> None:
    body = "<p>Nothing here.</p><p>Exercise: <b>Russia</b> attacked a port in Ukraine &amp; left.</p>"
    article = an_exercise(body, media_type=MediaType.HTML)
    shown = clean(article)
    (found,) = findings(shown, extractor(article).items)
    assert shown.text[slice(*found.trigger)] == "attacked"


@given(st.lists(st.sampled_from(["Russia attacked Ukraine. ", "x\n", "<b>&", "é​ "]), max_size=8))
def test_runs_joined_are_the_text(pieces: list[str]) -> None:
    article = an_exercise("".join(pieces))
    shown = clean(article)
    assert "".join(run.text for run in runs(shown.text, [])) == shown.text


def test_runs_are_cut_where_cues_begin_and_end(extractor: Extractor) -> None:
    article = an_exercise()
    shown = clean(article)
    found = findings(shown, extractor(article).items)
    pieces = runs(shown.text, found)
    assert "".join(run.text for run in pieces) == shown.text
    assert {each.number for run in pieces for each in run.ends} == {each.number for each in found}


def test_a_page_shows_hostile_text_as_text(extractor: Extractor) -> None:
    article = an_exercise(
        "<script>alert(1)</script> Russia attacked {{body}} in Ukraine.", title="<img src=x>"
    )
    shown = clean(article)
    drawn = page.render(article, shown, findings(shown, extractor(article).items))
    assert "<script>" not in drawn
    assert "<img" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "{{body}}" in drawn


def test_a_page_marks_each_line_by_itself(extractor: Extractor) -> None:
    article = an_exercise(
        title="Exercise: Russia attacks Ukraine", body="Exercise: Russia attacked Kyiv, Ukraine."
    )
    shown = clean(article)
    drawn = page.render(article, shown, findings(shown, extractor(article).items))
    assert drawn.count("<mark") == drawn.count("</mark>")
    assert all(line.count("<mark") == line.count("</mark>") for line in drawn.split("<p>"))


def test_the_screen_drives_no_terminal(extractor: Extractor, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    article = an_exercise("Russia attacked \x1b[31m a port in Ukraine.", title="Exercise \x9b2J")
    shown = clean(article)
    Console(width=80, color_system=None).print(
        screen.render(article, shown, findings(shown, extractor(article).items))
    )
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "\x9b" not in told
    assert "UKR" in told


def test_an_article_without_evidence_says_so() -> None:
    assert summary([]).startswith("No evidence")
