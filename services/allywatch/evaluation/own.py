"""Figures on our own gold articles, and on near copies of stories, as they are printed."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allywatch.evaluation.copies import copies
from allywatch.evaluation.gold import Found, GoldFigures, read_gold
from allywatch.evaluation.stories import stories_by_event
from allywatch.gold import Split, agreement, load_gold
from allywatch.regions import load_registry
from allywatch.text import ArticleReader, ImprintReader
from allywatch_schemas import NewsArticle, Source

_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ANY_PLACE = ("LVA",)
"""Short texts are copies only where they speak of the same places; here all do."""


def evaluate_gold(split: Split) -> dict[str, Any]:
    """How the shipped reader does on the gold articles of a split, and how far their labellers agree."""
    articles = load_gold(split)
    figures = read_gold(articles, ArticleReader(load_registry()).read)
    return {
        "split": split.value,
        **_figures(figures),
        "agreement": {name: _rounded(value) for name, value in asdict(agreement(articles)).items()},
    }


def evaluate_copies(file: Path) -> dict[str, Any]:
    """How edited copies of the stories in `file` are known, and stories on one event told apart.

    Raises:
        AllywatchError: The file is not as `stories_by_event` wants it.
    """
    reader = ImprintReader()
    figures = copies(stories_by_event(file), lambda title, body: _marks(reader, title, body))
    return {
        "stories": figures.stories,
        "recall": {f"{share:.0%} edited": _rounded(value) for share, value in figures.recall.items()},
        "pairs_on_one_event": figures.pairs,
        "merged_per_1000": _rounded(figures.merged_per_1000),
    }


def _marks(reader: ImprintReader, title: str, body: str) -> set[str]:
    article = NewsArticle(
        id="story",
        title=title,
        body=body,
        published_at=_SOME_DAY,
        source=Source(id="exercise.example", name="Exercise"),
    )
    imprint = reader.read(article)
    return {imprint.fingerprint, *imprint.near(_ANY_PLACE)}


def _figures(figures: GoldFigures) -> dict[str, Any]:
    values = {each.name: getattr(figures, each.name) for each in fields(figures)}
    return {
        name: {key: _told(each) for key, each in value.items()} if isinstance(value, dict) else _told(value)
        for name, value in values.items()
    }


def _told(value: Found | float) -> Any:
    if isinstance(value, Found):
        return {
            **asdict(value),
            "precision": _rounded(value.precision),
            "recall": _rounded(value.recall),
            "f1": _rounded(value.f1),
        }
    return _rounded(value)


def _rounded(value: float) -> float:
    return round(value, 4)
