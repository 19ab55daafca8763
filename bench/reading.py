"""How fast articles are read on one core: JSON bytes in, evidence as JSON out. No broker.

Articles have 5 KB and are put together from our own gold articles (those to develop on) and ordinary filler:
one in five is about the risk of regions, two in five name countries, the rest none. The main figure is for
plain text in English with its language declared; beside it stand the same without a declared language, as
HTML pages, and articles in the other languages.
"""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from random import Random

from allywatch.gold import GoldArticle, Split, load_gold
from allywatch.regions import load_registry
from allywatch.stream.extraction import Extractor, make_extractor
from allywatch.stream.heap import freeze_heap
from allywatch_schemas import MediaType, NewsArticle, Source
from bench.articles import FILLER, NAMED
from bench.report import emit, say

BYTES = 5_000
ROUNDS = 5
_MENU = "".join(f'<li><a href="/{name}">{name.title()}</a></li>' for name in ("news", "sport", "weather"))
_PUBLISHED = datetime(2026, 3, 14, 9, tzinfo=UTC)

Shape = Callable[[NewsArticle], NewsArticle]


def run(folder: Path, *, quick: bool = False) -> None:
    """Measure in CPU seconds and emit; the best of several rounds, as others can only slow one down."""
    count = 200 if quick else 1_000
    started = time.perf_counter()
    extract = make_extractor(load_registry())
    extract(next(_english(1)))
    freeze_heap()
    emit("read_start_s", time.perf_counter() - started, "s")
    english = list(_english(count))
    for name, shape in (("", _as_it_is), ("_undeclared", _undeclared), ("_html", _as_page)):
        raw = [shape(each).model_dump_json().encode() for each in english]
        emit(f"read_articles_per_s{name}", _fastest(raw, extract), "1/s")
    raw = [each.model_dump_json().encode() for each in _other_languages(count)]
    emit("read_articles_per_s_other_languages", _fastest(raw, extract), "1/s")
    emit("read_rss_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB")


def _fastest(raw: Sequence[bytes], extract: Extractor) -> float:
    best, found = float("inf"), 0
    for _ in range(ROUNDS):
        started, found = time.process_time(), 0
        for each in raw:
            for item in extract(NewsArticle.read(each)).items:
                found += len(item.model_dump_json(exclude_none=True)) > 0
        best = min(best, time.process_time() - started)
    say(f"{len(raw)} articles of {sum(map(len, raw)) // len(raw)} bytes: {found} items of evidence")
    return len(raw) / best


def _english(count: int) -> Iterator[NewsArticle]:
    gold = [each for each in load_gold(Split.DEV) if each.in_english]
    return _articles(count, gold, Random(1))


def _other_languages(count: int) -> Iterator[NewsArticle]:
    by_language: dict[str, list[GoldArticle]] = {}
    for each in load_gold(Split.DEV):
        if not each.in_english:
            by_language.setdefault(each.article.language or "", []).append(each)
    random = Random(2)
    languages = sorted(each for each, gold in by_language.items() if any(one.labels for one in gold))
    for number, language in enumerate(languages * (count // len(languages) + 1)):
        if number < count:
            yield from _articles(1, by_language[language], random, number)


def _articles(
    count: int, gold: Sequence[GoldArticle], random: Random, first: int = 0
) -> Iterator[NewsArticle]:
    telling = [each for each in gold if each.labels]
    idle = [each for each in gold if not each.labels] or telling
    filler = FILLER if gold[0].in_english else tuple(each.article.body for each in idle)
    for number in range(first, first + count):
        about = (
            [random.choice(telling)] if number % 5 == 0 else [random.choice(idle)] if number % 5 < 3 else []
        )
        paragraphs = [each.article.body.strip() for each in about]
        while len("\n".join(paragraphs).encode()) < BYTES:
            more = random.sample(filler, min(4, len(filler)))
            paragraphs.append("".join(more) + (random.choice(NAMED) if number % 5 in (1, 2) else ""))
        yield NewsArticle(
            id=f"bench:{number}",
            title=about[0].article.title if about else f"Report {number} of the day",
            body="\n\n".join(paragraphs),
            language=gold[0].article.language,
            published_at=_PUBLISHED,
            source=Source(id=f"outlet{number % 50}.example", name=f"Outlet {number % 50}"),
            exercise=True,
        )


def _as_it_is(article: NewsArticle) -> NewsArticle:
    return article


def _undeclared(article: NewsArticle) -> NewsArticle:
    return article.model_copy(update={"language": None})


def _as_page(article: NewsArticle) -> NewsArticle:
    paragraphs = "".join(f"<p>{escape(each)}</p>\n" for each in article.body.split("\n\n"))
    page = (
        f"<html lang=en><head><title>{escape(article.title)}</title></head><body><nav><ul>{_MENU}</ul></nav>"
        f"<article><h1>{escape(article.title)}</h1>{paragraphs}</article>"
        "<footer>An outlet</footer></body></html>"
    )
    return article.model_copy(update={"body": page, "media_type": MediaType.HTML})
