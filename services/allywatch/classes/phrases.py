"""The phrase book: what acts of each class are called, and the words that frame an act. Data, checked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from importlib import resources
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from allywatch.classes.roots import Root
from allywatch.classes.words import ARTICLES, stem
from allywatch.configfile import parse

GAP = "…"
"""In a phrase: up to `REACH` other words may stand here."""
REACH = 5
FILE = "verbs.yaml"


def _well_formed(phrase: str) -> str:
    sides = [len(words_of(side)) for side in phrase.split(GAP)]
    if sides not in ([1], [2], [3], [1, 1]):
        raise ValueError(f"{phrase!r} is not one to three words in a row, nor two with {GAP} between them")
    return phrase


Phrase = Annotated[str, StringConstraints(min_length=2, max_length=60), AfterValidator(_well_formed)]
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1)]


class Frame(StrEnum):
    """What a word says of the act that it governs."""

    INTENDS = "intends"
    REFUSES = "refuses"
    ASKS = "asks"
    THREATENS = "threatens"
    ACCUSES = "accuses"
    PRAISES = "praises"
    ENDS = "ends"


class PhraseFile(BaseModel):
    """`verbs.yaml`. English; inflection does not matter, articles are passed over."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    acts: dict[Root, Phrases]
    frames: dict[Frame, Phrases]


class Hit(NamedTuple):
    """A phrase found: its first symbol's index, how many words it has, and what it names."""

    at: int
    length: int
    label: str


class PhraseBook:
    """Finds phrases in sentences of symbols."""

    def __init__(self, phrases: Mapping[Root, Phrases] | Mapping[Frame, Phrases]) -> None:
        self._in_a_row: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._apart: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for label, phrase in sorted({(str(label), one) for label, some in phrases.items() for one in some}):
            words = words_of(phrase.replace(GAP, " "))
            labels = self._apart[words[0]][words[1]] if GAP in phrase else self._in_a_row[tuple(words)]
            if label not in labels:
                labels.append(label)
        self._firsts = frozenset(words[0] for words in self._in_a_row) | self._apart.keys()

    def hits(self, symbols: Sequence[str]) -> list[Hit]:
        """Every phrase that stands in `symbols`, in order of its first word."""
        found: list[Hit] = []
        for at, symbol in enumerate(symbols):
            if symbol in self._firsts:
                found += self._from(at, tuple(symbols[at : at + 2 + REACH]))
        return found

    def _from(self, at: int, ahead: tuple[str, ...]) -> list[Hit]:
        found = [
            Hit(at, length, label)
            for length in range(1, min(3, len(ahead)) + 1)
            for label in self._in_a_row.get(ahead[:length], ())
        ]
        apart = self._apart.get(ahead[0])
        if apart:
            found += [Hit(at, 2, label) for word in set(ahead[1:]) & apart.keys() for label in apart[word]]
        return found


def words_of(phrase: str) -> list[str]:
    """Its words without inflection and articles."""
    return [stem(word) for word in phrase.lower().split() if word not in ARTICLES]


def parse_phrases(text: str, file: str) -> PhraseFile:
    """Parse and validate `verbs.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, PhraseFile, file)[0]


def load_phrases() -> PhraseFile:
    """The phrase book of this package."""
    return parse_phrases((resources.files("allywatch.classes") / "data" / FILE).read_text("utf-8"), FILE)


def digest_of(phrases: PhraseFile) -> str:
    """16 hexadecimal digits that change with any phrase: a model is of the book it learned with."""
    return blake2b(phrases.model_dump_json().encode(), digest_size=8).hexdigest()
