"""Article to evidence: names, modality, mechanisms; and its imprint: copies, houses, sources."""

from allywatch.text.citing import Publishers, load_publishers, parse_citing, parse_publishers
from allywatch.text.clean import CleanText, clean
from allywatch.text.imprints import Imprint, ImprintReader
from allywatch.text.lexicon import (
    LEXICON_VERSION,
    Lexicon,
    load_lexicon,
    parse_furniture,
    parse_lexicon,
    parse_modality,
)
from allywatch.text.reader import ArticleReader, fingerprint

__all__ = [
    "LEXICON_VERSION",
    "ArticleReader",
    "CleanText",
    "Imprint",
    "ImprintReader",
    "Lexicon",
    "Publishers",
    "clean",
    "fingerprint",
    "load_lexicon",
    "load_publishers",
    "parse_citing",
    "parse_furniture",
    "parse_lexicon",
    "parse_modality",
    "parse_publishers",
]
