"""Which countries an article is about, the surest first: tags, whether or not it holds evidence."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from allywatch.configfile import parse
from allywatch.regions import NameKind, Registry
from allywatch.text.clean import clean
from allywatch.text.names import Mention
from allywatch.text.scanning import Scanner
from allywatch_schemas import NewsArticle

LEAD = 300
"""Characters of the body, after the dateline, that say what an article is about."""
BRIEF = 150
"""Characters of a body below which it is a flash: little more than a headline."""
_DATELINE = re.compile(r"\s{0,20}[^\W\d_][^\n]{1,90}?\s?[-–—]{1,2}\s")
"""`TOKYO, March 5 - `: where the report was written."""


class PlacesFile(BaseModel):
    """`places.yaml`: weights of a logistic regression, and the probability from which a country is a tag."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    datelines: dict[str, str] = {}
    """Country by town, where the town's name stands for somebody else (Brussels) but in a dateline."""
    threshold: Annotated[float, Field(gt=0, lt=1)]
    intercept: float
    weights: dict[str, float]


_MANNER = {NameKind.COUNTRY: "country", NameKind.DEMONYM: "people", NameKind.LEADER: "people"}


@dataclass(frozen=True, slots=True)
class Tag:
    """`actor` and the probability `weight` in [0, 1] that the article is about it."""

    actor: str
    weight: float


class PlaceTagger:
    """Tags articles with the countries that they are about."""

    def __init__(self, registry: Registry, scanner: Scanner, model: PlacesFile | None = None) -> None:
        self._registry = registry
        self._scanner = scanner
        self._model = model or load_places()

    def tags(self, article: NewsArticle) -> list[Tag]:
        """The countries whose weight reaches the threshold, the heaviest first."""
        return [tag for tag in self.weighed(article) if tag.weight >= self._model.threshold]

    def weighed(self, article: NewsArticle) -> list[Tag]:
        """Every country that is named, the heaviest first."""
        found = [Tag(actor, self._weight(signs)) for actor, signs in self.signs(article).items()]
        return sorted(found, key=lambda tag: (-tag.weight, tag.actor))

    def signs(self, article: NewsArticle) -> dict[str, dict[str, float]]:
        """What speaks for each country that is named, by the keys of `places.yaml`."""
        page = clean(article)
        mentions = [
            mention
            for mention in self._scanner.mentions(page.text, article.published_at.date())
            if mention.actor in self._registry.countries
        ]
        dateline = _DATELINE.match(page.text, page.title_end)
        body = dateline.end() if dateline else page.title_end
        towns = page.text[page.title_end : body].casefold()
        written_in = {country for town, country in self._model.datelines.items() if town.casefold() in towns}
        signs = _signs(mentions, page.title_end, body, len(page.text))
        for country in written_in:
            signs.setdefault(country, {"dateline alone": 1.0})["dateline"] = 1.0
        return signs

    def _weight(self, signs: Mapping[str, float]) -> float:
        total = self._model.intercept + sum(
            self._model.weights.get(sign, 0.0) * value for sign, value in signs.items()
        )
        return round(1 / (1 + math.exp(-total)), 4)


def _signs(mentions: Sequence[Mention], title_end: int, body: int, end: int) -> dict[str, dict[str, float]]:
    by_actor: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_actor.setdefault(mention.actor, []).append(mention)
    told = Counter(m.actor for m in mentions if not title_end <= m.start < body)
    brief = {"brief": float(end - body < BRIEF)}
    return {actor: brief | _of_one(own, told, title_end, body) for actor, own in by_actor.items()}


def _of_one(own: Sequence[Mention], told: Counter[str], title_end: int, body: int) -> dict[str, float]:
    actor = own[0].actor
    zones = {_zone(mention.start, title_end, body) for mention in own}
    text = zones - {"dateline"}
    return {
        **{_place_and_manner(mention, title_end, body): 1.0 for mention in own},
        "elsewhere": float(body > title_end and "dateline" not in zones),
        "dateline alone": float(not text),
        "later alone": float(text == {"later"}),
        "often": math.log1p(told[actor]),
        "share": told[actor] / max(1, told.total()),
        "others": math.log1p(len(told)),
    }


def _place_and_manner(mention: Mention, title_end: int, body: int) -> str:
    zone = _zone(mention.start, title_end, body)
    return zone if zone == "dateline" else f"{zone} {_MANNER.get(mention.kind, 'city')}"


def _zone(start: int, title_end: int, body: int) -> str:
    if start < title_end:
        return "title"
    if start < body:
        return "dateline"
    return "lead" if start < body + LEAD else "later"


@cache
def load_places() -> PlacesFile:
    """The weights of this package."""
    file = resources.files("allywatch.text") / "data" / "places.yaml"
    return parse(file.read_text(encoding="utf-8"), PlacesFile, file.name)[0]
