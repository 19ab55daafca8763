"""An article's imprint: what tells which other articles print the same text, and whose report it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from allywatch.text.citing import Publishers, load_publishers
from allywatch.text.clean import CleanText, clean
from allywatch.text.fingerprints import body_of, fingerprint_of, furniture_of
from allywatch.text.furniture import Furniture, Span
from allywatch.text.lexicon import load_lexicon
from allywatch.text.nearness import near_keys, opening_words
from allywatch_schemas import NewsArticle, Source


@dataclass(frozen=True, slots=True)
class Imprint:
    """By what an article is known to be a copy of another."""

    fingerprint: str
    """32 hexadecimal digits, equal for copies of exactly one text."""
    words: tuple[str, ...]
    """The first words of its body."""
    family: str | None
    """The house of its publisher."""
    cites: tuple[str, ...]
    """The houses whose report it is, or rests on."""
    furniture: Sequence[Span]
    """What of the clean text is no part of the article."""

    def near(self, places: Collection[str]) -> tuple[str, ...]:
        """Keys that survive small edits; `places`: the regions of which the article itself says something."""
        return near_keys(self.words, places)


class ImprintReader:
    """Reads imprints with the package's data. Compile once, read many; pure."""

    def __init__(self, publishers: Publishers | None = None) -> None:
        self._publishers = publishers or load_publishers()
        self._furniture = Furniture(load_lexicon().furniture)

    def family_of_site(self, source: Source) -> str | None:
        """The house of a web site; None: it stands alone, or is no web site but, say, a coder of events."""
        return self._publishers.family_of(source) if "." in source.id else None

    def read(self, article: NewsArticle, page: CleanText | None = None) -> Imprint:
        """The imprint of an article, whatever it says. `page`: the article, if it is clean."""
        page = page or clean(article)
        furniture = furniture_of(page, self._furniture, article.source.name)
        body = body_of(page, furniture)
        return Imprint(
            fingerprint_of(page, body, article.id),
            tuple(opening_words(body)),
            self._publishers.family_of(article.source),
            self._publishers.cited(page.text, page.title_end + 2),
            furniture,
        )
