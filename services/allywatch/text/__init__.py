"""Article to evidence: names, modality, mechanisms."""

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
    "Lexicon",
    "fingerprint",
    "load_lexicon",
    "parse_furniture",
    "parse_lexicon",
    "parse_modality",
]
