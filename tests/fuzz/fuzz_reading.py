"""Feed mutated articles to the reader: `make fuzz`, or this file with options of libFuzzer.

Nothing may raise, every quote must be its span of the text as published, and no input may take a second.
An input that fails is written to `crash-…` beside where this runs; name it as an argument to play it again.
"""

import sys
import time
from datetime import UTC, datetime

import atheris

with atheris.instrument_imports(include=["allywatch.text"]):
    from allywatch.regions import load_registry
    from allywatch.text import ArticleReader, ImprintReader, clean
    from allywatch_schemas import MediaType, NewsArticle, Source

READER, IMPRINTS = ArticleReader(load_registry()), ImprintReader()
SOURCE = Source(id="outlet.example", name="The Example Outlet")
PUBLISHED = datetime(2026, 11, 1, tzinfo=UTC)
LONGEST_SECONDS = 1.0
SEEDS = (
    "Russia may attack Ukraine. The U.S. could withdraw:\n- from Poland, Estonia and Japan.",
    "<!DOCTYPE html><html><body><article><p>Russia <b>attacked</b> Ukraine &amp; said so.</p></article>",
    "Россия атаковала Украину.\n美国可能停止对台湾的援助。\nهاجمت روسيا أوكرانيا.",
)


def read_one(data: bytes) -> None:
    """One input: what kind of article it is, then title and body, with seeds spliced in."""
    provider = atheris.FuzzedDataProvider(data)
    media_type = provider.PickValueInList(list(MediaType))
    language = provider.PickValueInList([None, "en", "uk", "zh", "x-\u0000"])
    seed = provider.PickValueInList(["", *SEEDS])
    title = _without_surrogates(provider.ConsumeUnicode(60))
    body = _without_surrogates(provider.ConsumeUnicode(4_000))
    cut = provider.ConsumeIntInRange(0, len(body))
    article = NewsArticle(
        id="fuzz",
        title=title,
        body=body[:cut] + seed + body[cut:],
        media_type=media_type,
        language=language,
        published_at=PUBLISHED,
        source=SOURCE,
        exercise=True,
    )
    began = time.process_time()
    page = clean(article)
    items = READER.read(article, page)
    IMPRINTS.read(article, page)
    if time.process_time() - began > LONGEST_SECONDS:
        raise AssertionError("it took too long")
    text = article.title + "\n\n" + article.body
    for item in items:
        if item.span is None or item.quote != text[item.span[0] : item.span[1]]:
            raise AssertionError(f"{item.quote!r} is not at {item.span}")


def _without_surrogates(text: str) -> str:
    """What JSON can carry: the contract refuses the rest before anybody reads it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def main() -> None:
    """Run until stopped, or as libFuzzer's arguments say."""
    read_one(b"")  # what is loaded at first use is not the fault of an input
    atheris.Setup(sys.argv, read_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
