"""Gold articles and their labels in two passes, as `docs/labelling.md` describes them. Data, checked."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints, model_validator

from allywatch.configfile import parse
from allywatch.errors import ConfigError
from allywatch_schemas import Mechanism, Modality, NewsArticle, Source

_ITEMS, _FIRST, _SECOND, _SETTLED = (f".{what}.yaml" for what in ("items", "first", "second", "settled"))

Id = Annotated[str, StringConstraints(pattern=r"^(dev|test)-[a-z0-9-]{2,60}$")]


class Split(StrEnum):
    """What an article is there for."""

    DEV = "dev"
    """To develop on."""
    TEST = "test"
    """To report on: nobody who works on the extractor reads it."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Strict):
    """An article is news about the risk of `region` in the way of `mechanism`; `sign` +1: more of it."""

    region: Annotated[str, StringConstraints(pattern=r"^[A-Z_]{3,40}$")]
    mechanism: Mechanism
    sign: Literal[-1, 1]
    modality: Modality

    @property
    def key(self) -> tuple[str, Mechanism]:
        """What there is one of in an article."""
        return self.region, self.mechanism


class _Item(_Strict):
    id: Id
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z][a-z]{3})?$")]
    published: date
    source: Annotated[str, StringConstraints(min_length=1)]
    title: Annotated[str, StringConstraints(min_length=1)]
    body: str


class _Items(RootModel[tuple[_Item, ...]]):
    pass


class _Labels(RootModel[dict[Id, tuple[Label, ...]]]):
    @model_validator(mode="after")
    def _distinct(self) -> "_Labels":
        for id_, labels in self.root.items():
            if len({label.key for label in labels}) < len(labels):
                raise ValueError(f"{id_}: two labels of one region and mechanism. Keep the surest.")
        return self


@dataclass(frozen=True, slots=True)
class GoldArticle:
    """An article and what people found in it."""

    article: NewsArticle
    first: tuple[Label, ...]
    second: tuple[Label, ...] | None = None
    """By somebody who did not know the first pass; None: there was none yet."""
    settled: tuple[Label, ...] | None = None
    """After both were read side by side; None: they agree."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels that count."""
        return self.first if self.settled is None else self.settled

    @property
    def in_english(self) -> bool:
        """Whether the article is in English."""
        return self.article.language == "en"


def load_gold(split: Split, folder: Traversable | None = None) -> list[GoldArticle]:
    """All gold articles of a split, by file and place; `folder`: in place of the package's own.

    Raises:
        ConfigError: A file is wrong (or an ExceptionGroup of several).
    """
    data = (folder or resources.files("allywatch.gold") / "data") / split.value
    items = sorted(each.name for each in data.iterdir() if each.name.endswith(_ITEMS))
    return [article for name in items for article in _articles(data, name.removesuffix(_ITEMS))]


def _articles(data: Traversable, name: str) -> Iterator[GoldArticle]:
    file = data / (name + _ITEMS)
    items = parse(file.read_text("utf-8"), _Items, file.name)[0].root
    first, second, settled = (_labels(data / (name + kind)) for kind in (_FIRST, _SECOND, _SETTLED))
    known = {item.id for item in items}
    for kind, labels in ((_FIRST, first), (_SECOND, second), (_SETTLED, settled)):
        if strangers := sorted(labels.keys() - known):
            raise ConfigError(
                f"{strangers[0]} is no article of {file.name}.", file=name + kind, fix="check its id."
            )
    for item in items:
        if item.id not in first:
            raise ConfigError(
                f"{item.id} has no labels.", file=name + _FIRST, fix="give its labels; [] where it has none."
            )
        yield GoldArticle(_published(item), first[item.id], second.get(item.id), settled.get(item.id))


def _labels(file: Traversable) -> dict[str, tuple[Label, ...]]:
    return parse(file.read_text("utf-8"), _Labels, file.name)[0].root if file.is_file() else {}


def _published(item: _Item) -> NewsArticle:
    moment = datetime.combine(item.published, time(12), UTC)
    return NewsArticle(
        id=item.id,
        title=item.title,
        body=item.body,
        language=item.language,
        published_at=moment,
        source=Source(id="exercise.example", name=item.source),
    )
