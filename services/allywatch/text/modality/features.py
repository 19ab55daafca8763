"""What is told to the model of modality about one cue in its sentence: names of binary features."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from allywatch.text.folding import has_no_spaces
from allywatch.text.lexicon import WordKind
from allywatch.text.modality.markers import Marker

_NEAR, _MIDDLE = 14, 45
"""Characters between a marker and the cue: up to the first is near, up to the second not far."""
_REACH = 30
"""Characters behind a verb of saying in which its subject may stand: ", said the ministry in Tallinn"."""
_DENSE = 3
"""A character of Chinese, Japanese or Korean counts for so many."""
_SPEECH = frozenset(
    {WordKind.SAID, WordKind.ANNOUNCED, WordKind.CLAIM, WordKind.ACCORDING, WordKind.DENIAL, WordKind.WORRY}
)
_OWN_WORD = WordKind.OWN_WORD.value
"""Behind the cue it is a mere possessive: "its troops"."""
_LEAST = frozenset({WordKind.CONTRAST.value, WordKind.INFINITIVE.value})
"""Kinds that only tell where a clause or a verb begins."""
_FAMILIES = {
    "en": "en",
    "uk": "slavic",
    "ru": "slavic",
    "pl": "slavic",
    "lt": "baltic",
    "lv": "baltic",
    "et": "et",
    "de": "de",
    "fr": "romance",
    "es": "romance",
    "ro": "romance",
    "zh": "zh",
    "ja": "verb-last",
    "ko": "verb-last",
    "vi": "vi",
    "ar": "ar",
}

Named = tuple[int, str]
"""Where a name begins in the sentence, and whose it is."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a sentence holds for all its cues."""

    sentence: str
    folded: str
    language: str
    markers: Sequence[Marker]
    commas: Sequence[int]
    breaks: Sequence[int]
    """Where semicolons, colons, dashes and words of contrast stand."""
    named: Sequence[Named]
    years: Sequence[tuple[int, str]]
    """Where years stand, and whether they lie in the "past" or the "future", or "since" one."""
    quotes: Sequence[tuple[int, int]]
    always: tuple[str, ...]
    """Features of the sentence itself."""


def features_of(place: Surroundings, start: int, end: int, *, verbal: bool = False) -> set[str]:
    """The features of a cue at [start, end) of the sentence.

    What follows a `verbal` act ("threatens X with war if …") is what was said, and is told apart.
    """
    family = _FAMILIES.get(place.language, place.language)
    before = [marker for marker in place.markers if marker.end <= start]
    behind = [marker for marker in place.markers if marker.start >= end and marker.kind != _OWN_WORD]
    found = set(place.always)
    found.update(_of_side(place, before, family, "<", start))
    found.update(_of_side(place, behind, family, "v>" if verbal else ">", end))
    for at, when in place.years:
        side, low, high = ("<", at + 4, start) if at < start else (">", end, at)
        found.update((f"{side}year:{when}", f"{side}year:{when}{_distance(place, low, high)}"))
    for marker in place.markers:
        if marker.start < end and marker.end > start:
            found.update(("=" + marker.kind, family + "=" + marker.kind))
    found.update(_of_order([m.kind for m in before if m.kind not in _LEAST], "<"))
    found.update(_of_order([m.kind for m in reversed(behind) if m.kind not in _LEAST], ">"))
    if behind:
        found.add(f"{family}:last:{behind[-1].kind}")
    if any(opening < start < closing for opening, closing in place.quotes):
        found.add("quoted")
    found.update(_of_words(place, start, end))
    found.update(_of_speaker(place, before, behind, start))
    return found


def _of_side(
    place: Surroundings, markers: Iterable[Marker], family: str, side: str, edge: int
) -> Iterator[str]:
    """Which kinds stand on one side of the cue, how near, and whether beyond a comma or a break."""
    for marker in markers:
        kind = marker.kind
        if kind in _LEAST:
            if edge - marker.end <= 2 and side == "<":
                yield "<at:" + kind
            continue
        low, high = (marker.end, edge) if side == "<" else (edge, marker.start)
        name = side + kind
        yield name
        yield family + name
        yield name + _distance(place, low, high)


def _distance(place: Surroundings, low: int, high: int) -> str:
    if _any_between(place.breaks, low, high):
        return "|beyond"
    if _any_between(place.commas, low, high):
        return "|comma"
    gap = high - low
    if gap > 0 and has_no_spaces(place.sentence[low]):
        gap *= _DENSE
    return "|near" if gap <= _NEAR else "|middle" if gap <= _MIDDLE else "|far"


def _any_between(places: Sequence[int], low: int, high: int) -> bool:
    at = bisect_left(places, low)
    return at < len(places) and places[at] < high


def _of_order(kinds: Sequence[str], side: str) -> Iterator[str]:
    """The kinds in the order of their nearness, the nearest last in `kinds`; and all pairs of kinds."""
    if not kinds:
        yield side + "nothing"
        return
    yield f"{side}1:{kinds[-1]}"
    if len(kinds) > 1:
        yield f"{side}2:{kinds[-2]}+{kinds[-1]}"
    if side == "<":
        distinct = sorted(set(kinds))[:8]
        for one, other in combinations(distinct, 2):
            yield f"<{one}&{other}"


def _of_words(place: Surroundings, start: int, end: int) -> Iterator[str]:
    """The word before the cue, and how the cue ends: forms of verbs tell tenses."""
    folded, language = place.folded, place.language
    cue = folded[start:end].strip()
    if cue and not has_no_spaces(cue[0]):
        first = cue.split(" ", 1)[0]
        yield f"{language}:ends:{first[-2:]}"
        before = folded[max(0, start - 24) : start].split()
        if before:
            yield f"{language}:before:{before[-1]}"
    else:
        yield f"{language}:next:{folded[end : end + 2]}"
    if start <= 2:
        yield "opens"
        yield language + ":opens"
    if start == end:
        yield "lead"


def _of_speaker(
    place: Surroundings, before: Sequence[Marker], behind: Sequence[Marker], start: int
) -> Iterator[str]:
    """Whether who speaks is who acts: an official who announces his own side's act makes no claim."""
    speech = next((marker for marker in reversed(before) if marker.kind in _SPEECH), None)
    if speech is not None:
        speaker = _last(place.named, -1, speech.start)
        actor = _last(place.named, speech.end, start)
        yield f"speaker:{speech.kind}:{_relation(speaker, actor)}"
    colon = place.sentence.find(":", 0, start)
    if colon > 0:
        relation = _relation(_last(place.named, -1, colon), _last(place.named, colon, start))
        yield f"colon:{relation}:{'heading' in place.always}"
    trailing = next((marker for marker in behind if marker.kind in _SPEECH), None)
    comma = bisect_left(place.commas, trailing.start) - 1 if trailing is not None else -1
    if trailing is not None and comma >= 0 and place.commas[comma] >= start:
        actor = _last(place.named, -1, start)
        speaker = _last(place.named, place.commas[comma], trailing.end + _REACH)
        yield f"trailing:{trailing.kind}:{_relation(speaker, actor)}"


def _last(named: Sequence[Named], low: int, high: int) -> str | None:
    return next((actor for begin, actor in reversed(named) if low <= begin < high), None)


def _relation(speaker: str | None, actor: str | None) -> str:
    if actor is None:
        return "alone" if speaker is not None else "nobody"
    if speaker is None:
        return "stranger"
    return "own" if speaker == actor else "other"
