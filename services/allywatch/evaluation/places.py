"""Country tags against those that an agency's editors gave: Reuters-21578 in SGML, `PLACES`."""

import gzip
import html
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from allywatch.errors import AllywatchError
from allywatch.regions import NameKind, RegionKind, Registry, load_registry
from allywatch.text.places import PlaceTagger, Tag, load_places
from allywatch.text.scanning import Scanner
from allywatch_schemas import NewsArticle, Source

_ARTICLE = re.compile(r"<REUTERS\b.*?</REUTERS>", re.DOTALL)
_PLACE = re.compile(r"<D>(.*?)</D>")
_MARKUP = re.compile(r"<[^<>]{0,100}>|[\x02\x03]")
RECALL = 0.9
"""The recall at which the precision is reported as well."""


@dataclass(frozen=True, slots=True)
class TaggedArticle:
    """An article and the places that its editors gave it, as they wrote them.

    `indexed`: they were to give it some; the collection marks those that they passed over as `BYPASS`.
    """

    article: NewsArticle
    places: tuple[str, ...]
    indexed: bool


def read_reuters(path: Path) -> list[TaggedArticle]:
    """The articles of one SGML file, plain or gzipped.

    Raises:
        AllywatchError: It holds no article.
    """
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    found = parse_reuters(raw.decode("latin-1"), path.name)
    if not found:
        raise AllywatchError(f"{path}: holds no <REUTERS> article. Give a file of Reuters-21578.")
    return found


def parse_reuters(text: str, file: str) -> list[TaggedArticle]:
    """The articles of the text of one SGML file called `file`."""
    return [_tagged(one, f"reuters/{file}/{index}") for index, one in enumerate(_ARTICLE.findall(text))]


def _tagged(text: str, id: str) -> TaggedArticle:
    body = _part(text, "DATELINE").strip() + " " + _part(text, "BODY")
    article = NewsArticle(
        id=id,
        title=_part(text, "TITLE").strip() or "-",
        body=body if body.strip() else _unmarked(text),
        language="en",
        published_at=_moment(_part(text, "DATE")),
        url="https://reuters.example/" + id,
        source=Source(id="reuters.example", name="Reuters"),
        feed="reuters",
    )
    opening = text[: text.find(">")]
    return TaggedArticle(
        article, tuple(_PLACE.findall(_part(text, "PLACES"))), 'TOPICS="BYPASS"' not in opening
    )


def _part(text: str, tag: str) -> str:
    found = re.search(rf"<{tag}\b[^>]*>(.*?)</{tag}>", text, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def _unmarked(text: str) -> str:
    """What a flash holds beside its title: it has no body."""
    rest = re.sub(r"<TITLE>.*?</TITLE>|Blah blah blah\.?|\*{3,}", " ", _part(text, "TEXT"), flags=re.DOTALL)
    return _MARKUP.sub(" ", html.unescape(rest)).strip() or "-"


def _moment(written: str) -> datetime:
    """`26-FEB-1987 15:01:01.79`: the day is enough."""
    day = re.search(r"\d{1,2}-[A-Z]{3}-\d{4}", written)
    return datetime.strptime(day[0] if day else "1-JAN-1987", "%d-%b-%Y").replace(tzinfo=UTC)


class Allies:
    """The registry's regions that are countries, and how places of the agency lead to them."""

    def __init__(self, registry: Registry) -> None:
        self.ids = frozenset(r.id for r in registry.regions.values() if r.kind is RegionKind.COUNTRY)
        self._of_place = {
            name.text.casefold(): name.actor
            for name in registry.names()
            if name.language == "en" and name.kind is NameKind.COUNTRY
        }

    def of(self, places: Iterable[str]) -> frozenset[str]:
        """The allies among places: "west-germany" is Germany."""
        found = {self._of_place.get(place.replace("-", " ").casefold()) for place in places}
        return frozenset(self.ids & found)


@dataclass(frozen=True, slots=True)
class Answer:
    """One article's right allies, and what the tagger weighs each at."""

    right: frozenset[str]
    weighed: Mapping[str, float]


def answers(tagged: Iterable[TaggedArticle], tagger: PlaceTagger, allies: Allies) -> Iterator[Answer]:
    """What the tagger makes of each article, of allies alone."""
    for one in tagged:
        tags: Sequence[Tag] = tagger.weighed(one.article)
        yield Answer(
            allies.of(one.places), {tag.actor: tag.weight for tag in tags if tag.actor in allies.ids}
        )


def place_figures(given: Collection[Answer], threshold: float) -> dict[str, Any]:
    """Precision and recall over all tags of all articles, at the threshold and where recall is `RECALL`."""
    ranked = sorted(
        ((weight, actor in one.right) for one in given for actor, weight in one.weighed.items()), reverse=True
    )
    total = sum(len(one.right) for one in given)
    chosen = [right for weight, right in ranked if weight >= threshold]
    return {
        "articles": len(given),
        "tags": total,
        "threshold": threshold,
        "precision": _ratio(sum(chosen), len(chosen)),
        "recall": _ratio(sum(chosen), total),
        f"precision_at_recall_{RECALL}": _precision_at([right for _, right in ranked], total),
        "missed": dict(_missed(given, threshold).most_common(8)),
    }


def _precision_at(ranked: Sequence[bool], total: int) -> float:
    """The best precision among the thresholds that reach the recall; 0 if none does."""
    best, right = 0.0, 0
    for count, is_right in enumerate(ranked, start=1):
        right += is_right
        if right >= RECALL * total:
            best = max(best, right / count)
    return round(best, 4)


def _missed(given: Iterable[Answer], threshold: float) -> Counter[str]:
    return Counter(actor for one in given for actor in one.right if one.weighed.get(actor, 0.0) < threshold)


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def evaluate_places(paths: Sequence[Path]) -> dict[str, Any]:
    """The figures of the shipped tagger on files of Reuters-21578.

    Articles that the editors passed over have no places whatever they are about: they count in
    `with_passed_over` alone.

    Raises:
        AllywatchError: A file holds no article.
    """
    registry = load_registry()
    tagger = PlaceTagger(registry, Scanner(registry))
    tagged = list(chain.from_iterable(map(read_reuters, paths)))
    given = list(answers(tagged, tagger, Allies(registry)))
    indexed = [answer for one, answer in zip(tagged, given, strict=True) if one.indexed]
    threshold = load_places().threshold
    return {**place_figures(indexed, threshold), "with_passed_over": place_figures(given, threshold)}
