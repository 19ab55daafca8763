"""Why a region's score moves: evidence, and the batches that carry it to one partition of regions."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from allywatch_schemas.base import Identifier, Message, Part, RegionId, Share, Text, UtcTime
from allywatch_schemas.sources import Source


class EvidenceKind(StrEnum):
    """What sort of reason it is."""

    EVENT = "event"
    """Something was done."""
    MECHANISM = "mechanism"
    """An analysis of, or a statement about, commitment, cohesion, deterrence or emboldening."""
    CONTAGION = "contagion"
    """Derived from evidence on another region, through an exposure or a membership."""


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


ActorCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{2,39}$")]


class Evidence(Part):
    """One reason to move one region's score. Law: `quote == text[span[0]:span[1]]`."""

    id: Identifier = Field(description="Deterministic in document, version, region, class and span.")
    doc_id: Identifier
    region: RegionId
    kind: EvidenceKind
    track: Track
    mechanism: Mechanism | None = None
    plover_root: PloverRoot | None = None
    quad: QuadClass | None = None
    role: Role
    actor: ActorCode | None = Field(default=None, description="Who did or may do it.")
    target: ActorCode | None = Field(default=None, description="To whom.")
    patron: ActorCode | None = None
    adversary: ActorCode | None = None
    sign: float = Field(ge=-1, le=1, description="+1: more risk for `region`; -1: less.")
    intensity: Share
    modality: Modality
    probability: Share = Field(description="That the reading is right.")
    salience: Share = Field(
        default=1, description="How prominent it is: by mentions, or by place in the text."
    )
    source_weight: Share = 1
    half_life_hours: float = Field(
        gt=0,
        description="After how many hours it weighs half, under the method in force when it was read.",
    )
    event_time: UtcTime
    span: tuple[int, int] | None = Field(
        default=None,
        description='[start, end) in characters of `title + "\\n\\n" + body` as published; none for coded events.',
    )
    quote: Text = Field(
        default="",
        description="The words, exactly as published; for a coded event the code in words.",
    )
    trigger: Text = Field(default="", description="The words, or the code, that decided the class.")
    rule_id: str = Field(description="Which rule of the lexicon or table.", max_length=200)
    lexicon_version: str = Field(max_length=100)
    derived_from: Identifier | None = Field(
        default=None, description="The evidence it follows from; only for contagion."
    )
    derived_region: RegionId | None = Field(default=None, description="The region of that evidence.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind is EvidenceKind.CONTAGION) != (self.derived_from is not None):
            raise ValueError("contagion, and only contagion, names the evidence it is derived from")
        if self.kind is EvidenceKind.MECHANISM and self.mechanism is None:
            raise ValueError("evidence of kind mechanism names its mechanism")
        if self.kind is EvidenceKind.EVENT and self.plover_root is None:
            raise ValueError("evidence of kind event names its PLOVER root")
        return self


class Document(Part):
    """The document some evidence of a batch comes from, and where its record stood."""

    doc_id: Identifier
    version: int = Field(default=1, ge=1)
    fingerprint: str = Field(description="Equal for copies of one text: an origin.", max_length=64)
    source: Source
    published_at: UtcTime
    title: str = Field(default="", max_length=300)
    url: str | None = Field(default=None, max_length=4_000)
    language: str | None = Field(default=None, max_length=35)
    range: int = Field(ge=0, description="Index into the batch's `ranges`: topic, topic id and partition.")
    offset: int = Field(ge=0)
    redriven: bool = Field(
        default=False,
        description="Put back by hand: passes the watermark, de-duplicated by document and evidence id.",
    )
    backfill: bool = False
    exercise: bool = False


class SourceRange(Part):
    """Offsets [start, end) of one partition of a source topic that a poll took up."""

    topic: str = Field(max_length=249)
    topic_id: str = Field(
        default="", description="Kafka's own id: a topic made anew has another.", max_length=64
    )
    partition: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    totals: dict[str, int] = Field(
        default_factory=dict,
        description="Records by hour of event time (`2026-11-22T14`), for shares of the world's news.",
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("a range ends at or after its start")
        return self


class Superseded(Part):
    """A document of which only `version` and later still count, in every region."""

    doc_id: Identifier
    version: int = Field(ge=2)


class EvidenceBatch(Message):
    """All evidence of one poll for one partition of `region-inputs`; at most 512 KB."""

    TYPE: ClassVar[str] = "org.allywatch.evidence-batch.v1"

    id: Identifier
    ranges: tuple[SourceRange, ...] = ()
    superseded: tuple[Superseded, ...] = ()
    documents: tuple[Document, ...] = ()
    items: tuple[Evidence, ...] = ()

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
