"""Evidence to points: what one document says about one region, as entries and as a copy in its ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from allywatch.risk.ledger import DAYS, Copy, Entry, marks_of, short_key
from allywatch.risk.weights import MICRO, TRACKS, EventWeights, Weights
from allywatch_schemas import Document, Evidence, EvidenceKind, Track

QUOTE_BYTES, TITLE_BYTES, URL_BYTES, NAME_BYTES, ID_BYTES = 160, 100, 140, 40, 64
"""How much of each text a state keeps; longer quotes and titles are cut, longer addresses left out."""

CLAMP_MS = 15 * 60_000
"""Evidence dated further ahead of the clock than this counts as of the clock."""

HOUR_MS = 3_600_000

_NEVER = 1 << 60

_EVENT, _CALM = EvidenceKind.EVENT, Track.DE_ESCALATION
_KEPT_MS = DAYS * 24 * HOUR_MS


def clip(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8; a cut text ends with `…`."""
    if len(text) * 4 <= limit or (text.isascii() and len(text) <= limit):
        return text
    raw = text.encode()
    return text if len(raw) <= limit else raw[: limit - 3].decode("utf-8", "ignore") + "…"


def fitting(text: str | None, limit: int) -> str:
    """The text if it fits; half an address or identifier is worth nothing."""
    return text if text and (len(text) if text.isascii() else len(text.encode())) <= limit else ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights as plain numbers, ready for the hot path."""

    modality: dict[str, float]
    kind: dict[str, float]
    track: dict[str, int]
    """Each by the value of its enumeration: hashing a member costs three times as much."""
    event: EventWeights

    @classmethod
    def of(cls, weights: Weights) -> "Scale":
        """From the weights of a method."""
        return cls(
            {modality.value: weight for modality, weight in weights.modality.items()},
            {kind.value: weight for kind, weight in weights.kind.items()},
            {track.value: index for index, track in enumerate(TRACKS)},
            weights.event,
        )

    def points(self, item: Evidence) -> int:
        """Micro-points, fresh: sign × intensity × modality × probability × salience × source × kind.

        For a coded event times what its relation to the region counts.
        """
        return round(
            MICRO
            * (self._relation(item) if item.kind is _EVENT else 1.0)
            * item.sign
            * item.intensity
            * self.modality[item.modality._value_]
            * item.probability
            * item.salience
            * item.source_weight
            * self.kind[item.kind._value_]
        )

    def _relation(self, item: Evidence) -> float:
        given = self.event
        counts = given.adversary if item.adversary else given.patron if item.patron else given.other
        return counts * given.calming if item.track is _CALM else counts


@dataclass(slots=True)
class Cited:
    """A document of a batch, with what all the regions it speaks of know it by."""

    key: str
    marks: tuple[str, ...]
    """By which it is a copy of others."""
    document: Document

    @classmethod
    def of(cls, document: Document, key: str) -> "Cited":
        """The document whose id has this `short_key`."""
        return cls(key, marks_of(document.fingerprint, document.near), document)


def voice_of(document: Document) -> str:
    """Whose word a document is: the one agency it cites, or its publisher's family, or its publisher.

    A coded event (it has no language) whose source is no web site speaks for itself: a coder such as ICEWS
    reads many publishers, and is none.
    """
    if len(document.cites) == 1:
        return document.cites[0]
    if document.family is not None:
        return document.family
    source = document.source.id
    if document.language is None and "." not in source:
        return document.fingerprint
    return source if len(source) <= ID_BYTES else short_key(source)


@dataclass(slots=True)
class Weighed:
    """What one document adds to one region."""

    entries: tuple[Entry, ...]
    best: Evidence
    """Its strongest reason."""
    clamped: bool
    """It was dated in the future."""


def weigh(items: Sequence[Evidence], clock: int | None, scale: Scale) -> Weighed:
    """One document's items about one region.

    Args:
        items: All it says about the region.
        clock: Milliseconds; None: not started, so nothing is in the future and nothing too old.
        scale: The weights.
    """
    latest, oldest = (_NEVER, -_NEVER) if clock is None else (clock + CLAMP_MS, clock - _KEPT_MS)
    if len(items) == 1:
        return _alone(items[0], clock, scale, latest, oldest)
    sums: dict[tuple[int, int], int] = {}
    best, strongest, clamped = items[0], (-1, ""), False
    for item in items:
        points = scale.points(item)
        at = int(item.event_time.timestamp() * 1000)
        if at > latest:
            at, clamped = clock or at, True
        if (strength := (abs(points), item.id)) > strongest:
            best, strongest = item, strength
        if at >= oldest:
            where = (scale.track[item.track._value_], at // HOUR_MS)
            sums[where] = sums.get(where, 0) + points
    entries = tuple([(track, hour, points) for (track, hour), points in sorted(sums.items()) if points])
    return Weighed(entries, best, clamped)


def _alone(item: Evidence, clock: int | None, scale: Scale, latest: int, oldest: int) -> Weighed:
    """Most documents say one thing about a region."""
    points, at, clamped = scale.points(item), int(item.event_time.timestamp() * 1000), False
    if at > latest:
        at, clamped = clock or at, True
    entries = ((scale.track[item.track._value_], at // HOUR_MS, points),) if points and at >= oldest else ()
    return Weighed(entries, item, clamped)


def copy_of(cited: Cited, weighed: Weighed, scale: Scale) -> Copy:
    """The document as its region remembers it: for those alone that are kept one by one."""
    best, document = weighed.best, cited.document
    return Copy(
        key=cited.key,
        version=document.version,
        entries=weighed.entries,
        certainty=round(1000 * best.probability * best.source_weight),
        track=scale.track[best.track._value_],
        published=int(document.published_at.timestamp()),
        source_id=fitting(document.source.id, ID_BYTES),
        source_name=clip(document.source.name, NAME_BYTES),
        url=fitting(document.url, URL_BYTES),
        title=clip(document.title, TITLE_BYTES),
        quote=clip(best.quote, QUOTE_BYTES),
        evidence_id=fitting(best.id, ID_BYTES),
        kind=best.kind._value_,
        mechanism=best.mechanism._value_ if best.mechanism else "",
        root=best.plover_root._value_ if best.plover_root else "",
        modality=best.modality._value_,
        voice=voice_of(document),
        exercise=document.exercise,
        clamped=weighed.clamped,
    )
