"""Why a region's score moves: evidence, and the batches that carry it to one partition of regions."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from allywatch_schemas.base import ActorCode, Identifier, Message, Part, RegionId, Share, Text, Url, UtcTime
from allywatch_schemas.sources import Source


class EvidenceKind(StrEnum):
    """What sort of reason it is."""

    EVENT = "event"
    """Something was done."""
    MECHANISM = "mechanism"
    """An analysis of, or a statement about, commitment, cohesion, deterrence or emboldening."""
    CONTAGION = "contagion"
    """Derived from evidence on another region, through an exposure or a membership."""


_EVENT, _MECHANISM, _CONTAGION = EvidenceKind


class Mechanism(StrEnum):
    """How a word or an act moves the risk of a region that rests on another's promise."""

    PATRON_DISENGAGEMENT = "patron_disengagement"
    PATRON_REASSURANCE = "patron_reassurance"
    ALLIANCE_COHESION = "alliance_cohesion"
    DETERRENCE_CREDIBILITY = "deterrence_credibility"
    ADVERSARY_EMBOLDENED = "adversary_emboldened"
    MILITARY_THREAT = "military_threat"
    ECONOMIC_COERCION = "economic_coercion"
    DIPLOMATIC_PRESSURE = "diplomatic_pressure"
    DEESCALATION = "de_escalation"


class Modality(StrEnum):
    """How sure the source is that it is, or was, so."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    CONDITIONAL = "conditional"
    SPECULATIVE = "speculative"
    DENIED = "denied"
    HISTORIC = "historic"
    QUOTED_CLAIM = "quoted_claim"


class Role(StrEnum):
    """The region's part in it."""

    TARGET = "target"
    SOURCE = "source"
    BYSTANDER = "bystander"
    EXPOSED_ALLY = "exposed_ally"


class PloverRoot(StrEnum):
    """PLOVER event types (Open Event Data Alliance)."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    COOPERATE = "COOPERATE"
    AID = "AID"
    CONCEDE = "CONCEDE"
    RETREAT = "RETREAT"
    ACCUSE = "ACCUSE"
    REQUEST = "REQUEST"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    MOBILIZE = "MOBILIZE"
    SANCTION = "SANCTION"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"


class QuadClass(StrEnum):
    """CAMEO and PLOVER quad classes."""

    VERBAL_COOPERATION = "verbal_cooperation"
    MATERIAL_COOPERATION = "material_cooperation"
    VERBAL_CONFLICT = "verbal_conflict"
    MATERIAL_CONFLICT = "material_conflict"


class Track(StrEnum):
    """The triad: which of a region's three lines an item moves."""

    WORDS = "words"
    ACTS = "acts"
    DE_ESCALATION = "de_escalation"


Offset = Annotated[int, Field(ge=0)]
Hour = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}$")]


def _by_hour(totals: dict[str, int]) -> dict[str, int]:
    return dict(sorted(totals.items()))


class Evidence(Part):
    """One reason to move one region's score. Law: `quote == text[span[0]:span[1]]`."""

    id: Identifier = Field(description="Deterministic in document, version, region, class and span.")
    doc_id: Identifier = Field(description="One of the batch's `documents`.")
    region: RegionId = Field(description="Whose score it moves.")
    kind: EvidenceKind = Field(description="What sort of reason it is.")
    track: Track = Field(description="Which line of the triad it moves.")
    mechanism: Mechanism | None = Field(default=None, description="Always there for kind `mechanism`.")
    plover_root: PloverRoot | None = Field(default=None, description="Always there for kind `event`.")
    quad: QuadClass | None = Field(default=None, description="Verbal or material, cooperation or conflict.")
    role: Role = Field(description="The region's part in it.")
    actor: ActorCode | None = Field(default=None, description="Who did or may do it.")
    target: ActorCode | None = Field(default=None, description="To whom.")
    patron: ActorCode | None = Field(default=None, description="Whose guarantee is in question.")
    adversary: ActorCode | None = Field(default=None, description="Who threatens, or gains by it.")
    sign: float = Field(ge=-1, le=1, description="+1: more risk for `region`; -1: less.")
    intensity: Share = Field(description="How strong a thing of its class is.")
    modality: Modality = Field(description="How sure the source is of it.")
    probability: Share = Field(description="That the reading is right.")
    salience: Share = Field(
        default=1.0, description="How prominent it is: by mentions, or by place in the text."
    )
    source_weight: Share = Field(default=1.0, description="What a word of this publisher counts.")
    half_life_hours: float = Field(
        gt=0,
        description="After how many hours news of its class has lost half its weight, by the reader's table. "
        "Scores fade by track, with the half-lives of the scoring method.",
    )
    event_time: UtcTime = Field(description="When it happened or was said; it counts from then.")
    span: tuple[Offset, Offset] | None = Field(
        default=None,
        description='[start, end) in characters of `title + "\\n\\n" + body` as published; '
        "none for coded events.",
    )
    quote: Text = Field(
        default="",
        description="The words, exactly as published; for a coded event the code in words.",
    )
    trigger: Text = Field(default="", description="The words, or the code, that decided the class.")
    rule_id: str = Field(description="Which rule of the lexicon or table.", max_length=200)
    lexicon_version: str = Field(description="Of the lexicon or table.", max_length=100)
    derived_from: Identifier | None = Field(
        default=None, description="The evidence it follows from; only for contagion."
    )
    derived_region: RegionId | None = Field(default=None, description="The region of that evidence.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        kind = self.kind
        if (kind is _CONTAGION) is (self.derived_from is None):
            raise ValueError("contagion, and only contagion, names the evidence it is derived from")
        if kind is _MECHANISM and self.mechanism is None:
            raise ValueError("evidence of kind mechanism names its mechanism")
        if kind is _EVENT and self.plover_root is None:
            raise ValueError("evidence of kind event names its PLOVER root")
        return self


NearKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-z]{4,16}$")]


class Document(Part):
    """The document some evidence of a batch comes from, and where its record stood."""

    doc_id: Identifier = Field(description="`id` of the article or event.")
    version: int = Field(default=1, ge=1, description="Replaces what a lower version contributed.")
    fingerprint: str = Field(description="Equal for copies of one text: an origin.", max_length=64)
    near: tuple[NearKey, ...] = Field(
        default=(),
        description="Keys of the text that survive small edits: documents that share one are copies.",
        max_length=16,
    )
    family: str | None = Field(
        default=None,
        description="The publisher's house: sister sites have one. None: the source stands alone.",
        max_length=100,
    )
    cites: tuple[str, ...] = Field(
        default=(), description="Agencies and papers it names as its source, by family.", max_length=8
    )
    source: Source = Field(description="Who published it.")
    published_at: UtcTime = Field(description="When.")
    title: str = Field(default="", description="Shortened where it is longer.", max_length=300)
    url: Url | None = Field(default=None, description="Where a person can read it.")
    language: str | None = Field(default=None, description="BCP 47.", max_length=35)
    range: int = Field(ge=0, description="Index into the batch's `ranges`: topic, topic id and partition.")
    offset: Offset = Field(description="Of its record in that partition.")
    redriven: bool = Field(
        default=False,
        description="Put back by hand: passes the watermark, de-duplicated by document and evidence id.",
    )
    backfill: bool = Field(
        default=False, description="History: it fills buckets and never causes a transition."
    )
    exercise: bool = Field(default=False, description="Invented for a drill or a demonstration.")


class FeedCount(Part):
    """How many records of a poll one feed brought."""

    feed: str = Field(description="As in `feed` of its articles.", min_length=1, max_length=300)
    records: int = Field(ge=1, description="How many.")


class SourceRange(Part):
    """Offsets [start, end) of one partition of a source topic that a poll took up."""

    topic: str = Field(description="The source topic.", max_length=249)
    topic_id: str = Field(
        default="", description="Kafka's own id: a topic made anew has another.", max_length=64
    )
    partition: int = Field(ge=0, description="Of that topic.")
    start: Offset = Field(description="First offset taken up.")
    end: Offset = Field(description="First offset not taken up.")
    totals: Annotated[dict[Hour, Annotated[int, Field(ge=0)]], AfterValidator(_by_hour)] = Field(
        default_factory=dict,
        description="Records by hour of event time (`2026-11-22T14`), for shares of the world's news.",
        json_schema_extra={"additionalProperties": False},
    )
    feeds: tuple[FeedCount, ...] = Field(
        default=(),
        description="Records by the feed they came from: what silence is told by.",
        max_length=1_000,
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("a range ends at or after its start")
        return self


class Superseded(Part):
    """A document of which only `version` and later still count, in every region."""

    doc_id: Identifier = Field(description="`id` of the article or event.")
    version: int = Field(ge=2, description="The lowest version that still counts.")


class EvidenceBatch(Message):
    """All evidence of one poll for one partition of `region-inputs`; at most 512 KB."""

    TYPE: ClassVar[str] = "org.allywatch.evidence-batch.v1"

    id: Identifier = Field(description="Deterministic in the ranges and the partition.")
    ranges: tuple[SourceRange, ...] = Field(
        default=(), description="What the poll took up, whether or not it says anything about these regions."
    )
    superseded: tuple[Superseded, ...] = Field(
        default=(), description="Documents of which only a newer version counts."
    )
    documents: tuple[Document, ...] = Field(default=(), description="Where the items come from.")
    items: tuple[Evidence, ...] = Field(
        default=(),
        description="Reasons to move scores; those of one record are never split over two batches.",
    )

    @model_validator(mode="after")
    def _references(self) -> Self:
        known = {document.doc_id for document in self.documents}
        for item in self.items:
            if item.doc_id not in known:
                raise ValueError(
                    f"item {item.id} names document {item.doc_id}, which the batch does not hold"
                )
        for document in self.documents:
            if document.range >= len(self.ranges):
                raise ValueError(
                    f"document {document.doc_id} names range {document.range} of {len(self.ranges)}"
                )
        return self
