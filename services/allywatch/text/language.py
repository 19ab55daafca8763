"""The language of an article: as declared, if the text bears it out; else by its script or its words."""

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, RootModel, StringConstraints

from allywatch.configfile import parse
from allywatch_schemas import NewsArticle

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

UNKNOWN = "und"
"""As BCP 47 has it."""

_SAMPLE = 500
"""Characters from the start of the body that are looked at."""
_WEIGHED = 250
"""Characters that are weighed by their letters: more makes no difference."""
_LEAST_BY_SCRIPT, _LEAST_BY_WORDS = 20, 160
"""A shorter text proves no declaration wrong by its script, or by words that it lacks."""
_LEAST_CERTAIN = 0.5
_WORD = re.compile(r"[^\W\d_]+")


class Script(StrEnum):
    """Scripts that are told apart."""

    LATIN = "Latin"
    CYRILLIC = "Cyrillic"
    HAN = "Han"
    KANA = "Kana"
    HANGUL = "Hangul"
    ARABIC = "Arabic"
    HEBREW = "Hebrew"
    GREEK = "Greek"
    GEORGIAN = "Georgian"
    ARMENIAN = "Armenian"
    THAI = "Thai"


_LETTERS = {
    Script.LATIN: re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    Script.CYRILLIC: re.compile("[\u0400-\u052f]"),
    Script.HAN: re.compile("[\u3400-\u9fff]"),
    Script.KANA: re.compile("[\u3041-\u30fa]"),
    Script.HANGUL: re.compile("[\uac00-\ud7af]"),
    Script.ARABIC: re.compile("[\u0600-\u06ff]"),
    Script.HEBREW: re.compile("[\u0590-\u05ff]"),
    Script.GREEK: re.compile("[\u0370-\u03ff]"),
    Script.GEORGIAN: re.compile("[\u10a0-\u10ff]"),
    Script.ARMENIAN: re.compile("[\u0530-\u058f]"),
    Script.THAI: re.compile("[\u0e00-\u0e7f]"),
}
_DENSE = {Script.HAN: 3, Script.HANGUL: 2, Script.KANA: 25}
"""How many letters of others one of these stands for. Japanese has Han too: kana decide."""

Tag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Known(BaseModel):
    """One language of `languages.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Script
    letters: str = ""
    words: tuple[Short, ...] = ()
    declared: tuple[Short, ...] = ()


class LanguagesFile(RootModel[dict[Tag, Known]]):
    """`languages.yaml`."""


class Languages:
    """The languages that are told apart, compiled. Pure."""

    def __init__(self, known: LanguagesFile) -> None:
        self._known = known.root
        self._tags = {name: tag for tag, each in known.root.items() for name in (tag.lower(), *each.declared)}
        self._words = {tag: frozenset(each.words) for tag, each in known.root.items()}
        self._of_script: dict[Script, list[str]] = defaultdict(list)
        for tag, each in known.root.items():
            self._of_script[each.script].append(tag)

    def of(self, declared: str | None, text: str) -> str:
        """The language of a text: a tag of `languages.yaml`, another that was declared, or `UNKNOWN`."""
        sample = text[:_SAMPLE]
        tag = self.normalised(declared)
        if tag is not None and self._believable(tag, sample):
            return tag
        script = _script_of(sample)
        if script is None:
            return tag or UNKNOWN
        of_script = self._of_script[script]
        if len(of_script) == 1:
            return of_script[0]
        if script is Script.LATIN:
            return self._by_words(sample)
        return max(of_script, key=lambda each: sum(map(sample.count, self._known[each].letters)))

    def normalised(self, declared: str | None) -> str | None:
        """A declaration as a tag of ours, or its main part; None: nothing, or Chinese of unknown script."""
        if not declared:
            return None
        tag = declared.strip().replace("_", "-").lower()
        while tag:
            if tag in self._tags:
                return self._tags[tag]
            main, _, _ = tag.rpartition("-")
            if not main:
                break
            tag = main
        return (
            tag if 2 <= len(tag) <= 3 and tag.isalpha() and tag not in ("zh", "zho", "chi", "und") else None
        )

    def _believable(self, tag: str, sample: str) -> bool:
        known = self._known.get(tag)
        if known is None or len(sample) < _LEAST_BY_SCRIPT:
            return True
        words = self._words[tag]
        if words and any(word in words for word in sample.lower().split()):
            return True
        script = _script_of(sample)
        if script is not known.script:
            return script is None
        return not words or len(sample) < _LEAST_BY_WORDS

    def _by_words(self, sample: str) -> str:
        """As py3langid weighs it, among the languages of Latin script that we list."""
        text = " ".join(_WORD.findall(sample))[:_WEIGHED]
        tag, certainty = _identifier(tuple(self._of_script[Script.LATIN])).classify(text)
        return self._tags.get(tag, tag) if certainty >= _LEAST_CERTAIN else UNKNOWN


def language_of(article: NewsArticle, text: str) -> str:
    """The language of an article whose clean text is `text`: "en", "zh-Hant", `UNKNOWN`.

    Takes 5 µs where the declaration holds, and some 150 µs where a Latin-script text declares nothing.
    """
    body = text[len(article.title) :] if len(text) > 2 * len(article.title) else text
    return load_languages().of(article.language, body)


def main_part(language: str) -> str | None:
    """What our word lists go by: "zh" of "zh-Hant"; None of a language that nobody knows."""
    return None if language == UNKNOWN else language.partition("-")[0]


def _script_of(sample: str) -> Script | None:
    if sample.isascii():
        return Script.LATIN if _LETTERS[Script.LATIN].search(sample) else None
    counts = {
        script: len(pattern.findall(sample)) * _DENSE.get(script, 1) for script, pattern in _LETTERS.items()
    }
    script = max(counts, key=lambda each: counts[each])
    return script if counts[script] else None


@cache
def _identifier(tags: Iterable[str]) -> "LanguageIdentifier":
    """Loaded when a text first needs it: 70 MB and half a second that most workers never pay."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(set(tags) & set(identifier.labels)))
    return identifier


def parse_languages(text: str, file: str) -> LanguagesFile:
    """Parse and validate `languages.yaml`.

    Raises:
        ConfigError: It is wrong; names the line. Several: an ExceptionGroup of them.
    """
    return parse(text, LanguagesFile, file)[0]


@cache
def load_languages() -> Languages:
    """The languages of this package; raises as `parse_languages`."""
    data = resources.files("allywatch.text") / "data" / "languages.yaml"
    return Languages(parse_languages(data.read_text(encoding="utf-8"), "languages.yaml"))
