"""The real extract worker with an extractor that costs nothing: `python -m bench.extract_main`."""

import asyncio

from allywatch.config import KafkaSettings, WorkerSettings
from allywatch.stream.extract_command import work
from allywatch.stream.extraction import Extraction, Incoming
from allywatch_schemas import NewsArticle
from bench.plumbing import extract_nothing


def extract(incoming: Incoming) -> Extraction:
    """Prepared evidence, as the peer gets it."""
    if not isinstance(incoming, NewsArticle):
        raise TypeError("the plumbing job reads articles alone")
    return Extraction(*extract_nothing(incoming))


if __name__ == "__main__":
    asyncio.run(work(KafkaSettings(), WorkerSettings(), extract))
