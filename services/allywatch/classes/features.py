"""What the model sees of a sentence: names of features, each there or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

from allywatch.classes.marking import MarkedSentence, Span, from_tags
from allywatch.classes.phrases import Hit, PhraseBook, PhraseFile
from allywatch.classes.words import ARTICLES, NAME, tokens

SOURCE, TARGET = "<S>", "<T>"
_PASSED_OVER = ARTICLES | frozenset('"“”')
_NOWHERE: Span = (-1, -1)
FUNCTION_WORDS = frozenset(
    {"of", "in", "on", "to", "for", "and", "by", "with", "at", "from", "as", "its", "his", "her", "their"}
    | {"be", "have", "that", "which", "who", "this", "it", "he", "they"}
)
_STOP = FUNCTION_WORDS | frozenset(",.\"'“”’-:;()")
_SKIP = 4
"""Words between which pairs are formed, function words not counted."""
_NEAR, _NEXT = 8, 3
"""Symbols before and after the marked names that count as near, and as next."""
_GOVERNED = 6
"""Symbols within which a frame governs an act."""


@dataclass(frozen=True, slots=True)
class _Symbols:
    """A sentence as symbols: each run of name tokens is one, so are the source and the target."""

    row: list[str]
    names: list[str]
    source: list[str]
    target: list[str]

    def place(self, symbol: str) -> int | None:
        return self.row.index(symbol) if symbol in self.row else None


class FeatureReader:
    """Names the features of sentences with one phrase book."""

    def __init__(self, phrases: PhraseFile) -> None:
        self._acts = PhraseBook(phrases.acts)
        self._frames = PhraseBook(phrases.frames)

    def names(self, sentence: MarkedSentence) -> list[str]:
        """The features, each once or more: words, runs of up to three, pairs, places, phrases."""
        symbols = _symbols(sentence)
        row = symbols.row
        found = [*row, *_runs(row), *_pairs([one for one in row if one not in _STOP])]
        found += ["N:" + name for name in symbols.names]
        source, target = symbols.place(SOURCE), symbols.place(TARGET)
        if source is not None:
            found += _around(row, source, target)
        found += _inside("S", symbols.source) + _inside("T", symbols.target)
        found += _of_phrases(self._acts.hits(row), self._frames.hits(row), -1 if source is None else source)
        return found


def signature(reader: FeatureReader) -> str:
    """16 hexadecimal digits that change with what `reader` names: a model is of what it learned with."""
    probe = from_tags("On Monday <s>Norland's army</s> threatened to attack <t>Sundholm</t> with 12 ships.")
    named = [*reader.names(probe), *reader.names(MarkedSentence("Norland Agrees to End Its War of 2031"))]
    return blake2b("\n".join(sorted(named)).encode(), digest_size=8).hexdigest()


def _symbols(sentence: MarkedSentence) -> _Symbols:
    row: list[str] = []
    symbols = _Symbols(row, [], [], [])
    (first, last), (begin, end) = sentence.source or _NOWHERE, sentence.target or _NOWHERE
    for symbol, word, start in tokens(sentence.text):
        if begin <= start < end:
            symbol, inside = TARGET, symbols.target
        elif first <= start < last:
            symbol, inside = SOURCE, symbols.source
        elif symbol == NAME:
            inside = symbols.names
        elif symbol in _PASSED_OVER:
            continue
        else:
            row.append(symbol)
            continue
        inside.append(word)
        if not row or row[-1] != symbol:
            row.append(symbol)
    return symbols


def _runs(row: Sequence[str]) -> list[str]:
    padded = ["<B>", *row, "<E>"]
    twos = [f"{a} {b}" for a, b in pairwise(padded)]
    return twos + [f"{two} {c}" for two, c in zip(twos, padded[2:], strict=False)]


def _pairs(content: Sequence[str]) -> list[str]:
    return [f"{a}_{b}" for skip in range(1, _SKIP + 1) for a, b in zip(content, content[skip:], strict=False)]


def _around(row: Sequence[str], source: int, target: int | None) -> list[str]:
    """Words by where they stand: before, between and after source and target, and right beside them."""
    if target is None:
        return ["order:s", *("b:" + one for one in row[source + 1 : source + 1 + _NEAR])]
    active = source < target
    low, high = min(source, target), max(source, target)
    between, way = row[low + 1 : high], "b:" if active else "r:"
    return [
        "order:st" if active else "order:ts",
        *(way + one for one in between),
        *(f"{way}{a} {b}" for a, b in pairwise(between)),
        *("a:" + one for one in row[high + 1 : high + 1 + _NEAR]),
        *("n:" + one for one in row[high + 1 : high + 1 + _NEXT]),
        *("p:" + one for one in row[max(0, low - _NEAR) : low]),
        *("as:" + one for one in row[source + 1 : source + 1 + _NEXT]),
        *("bt:" + one for one in row[max(0, target - _NEXT) : target]),
    ]


def _inside(who: str, words: Sequence[str]) -> list[str]:
    return [*(f"{who}:{word}" for word in words), f"{who}h:{words[-1]}"] if words else []


def _of_phrases(acts: Sequence[Hit], frames: Sequence[Hit], source: int) -> list[str]:
    """The book's answer: every act found, the first behind the source, and acts within frames."""
    found = [f"D{min(length, 2)}:{label}" for _, length, label in acts]
    found += ["D:" + label for _, _, label in acts]
    found += ["F:" + label for _, _, label in frames]
    after = [act for act in acts if act.at > source]
    framing = [frame for frame in frames if frame.at > source]
    found += ["D1st:" + label for label in _first(after)]
    found += ["DL1st:" + label for label in _first([act for act in after if act.length > 1])]
    found += ["F1st:" + label for label in _first(framing)]
    for start, _, frame in frames:
        found += [f"F:{frame}>{label}" for at, _, label in acts if start < at <= start + _GOVERNED]
    if framing:
        governed = _first([act for act in after if act.at > framing[0].at])
        found += [f"F1D:{frame}>{act}" for frame in _first(framing) for act in governed]
    return found


def _first(hits: Sequence[Hit]) -> list[str]:
    return [hit.label for hit in hits if hit.at == hits[0].at]
