from datetime import UTC, datetime
from pathlib import Path

import pytest

from allywatch.errors import AllywatchError
from allywatch.reading.opening import MOST_BYTES, open_article
from allywatch_schemas import MediaType
from builders import an_article

NOW = datetime(2026, 3, 14, 9, tzinfo=UTC)


def write(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_first_line_of_a_text_is_its_title(tmp_path: Path) -> None:
    article = open_article(write(tmp_path, "a.txt", "\nExercise: a title\n\nA body.\n"), NOW, "en")
    assert (article.title, article.body, article.language) == ("Exercise: a title", "A body.", "en")
    assert (article.published_at, article.media_type) == (NOW, MediaType.PLAIN)


def test_a_first_paragraph_is_no_title(tmp_path: Path) -> None:
    text = "Exercise: this is a whole sentence.\nAnother one."
    article = open_article(write(tmp_path, "a.txt", text), NOW)
    assert (article.title, article.body) == ("", text)


def test_a_page_has_its_heading_as_title_and_its_language(tmp_path: Path) -> None:
    markup = "<html lang=pl><title>Site</title><h1>Ćwiczenia: <b>nic</b></h1><p>Nic.</p>"
    article = open_article(write(tmp_path, "a.html", markup), NOW)
    assert (article.title, article.body, article.language) == ("Ćwiczenia:nic", markup, "pl")
    assert article.media_type is MediaType.HTML


def test_an_article_as_json_is_taken_as_it_is(tmp_path: Path) -> None:
    given = an_article(title="Exercise")
    assert open_article(write(tmp_path, "a.json", given.model_dump_json()), NOW) == given


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.json", "{}", "is no NewsArticle: id"),
        ("a.json", "not json", "is no NewsArticle: the whole"),
        ("a.txt", b"x" * (MOST_BYTES + 1), "Cut it"),
    ],
)
def test_what_is_no_article_is_told(tmp_path: Path, name: str, content: str | bytes, complaint: str) -> None:
    with pytest.raises(AllywatchError, match=complaint):
        open_article(write(tmp_path, name, content), NOW)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(AllywatchError, match="Give a file or an http address"):
        open_article(str(tmp_path / "none.txt"), NOW)


def test_bytes_that_are_no_text_are_read_all_the_same(tmp_path: Path) -> None:
    assert "\ufffd" in open_article(write(tmp_path, "a.txt", b"Exercise \xff\nA body."), NOW).title
