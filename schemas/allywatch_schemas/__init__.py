"""The contract of allywatch: messages, topics and how records are written and read. Needs pydantic alone."""

from allywatch_schemas.base import Message, Part
from allywatch_schemas.control import (
    AlertAction,
    AlertCommand,
    Coverage,
    CoverageState,
    MethodActivated,
    Retraction,
    Tick,
    TickOrigin,
)
from allywatch_schemas.evidence import (
    Document,
    Evidence,
    EvidenceBatch,
    EvidenceKind,
    Mechanism,
    Modality,
    PloverRoot,
    QuadClass,
    Role,
    SourceRange,
    Superseded,
    Track,
)
from allywatch_schemas.partitioning import murmur2, partition_of
from allywatch_schemas.results import (
    Alert,
    AlertState,
    Contribution,
    FlipSet,
    Level,
    OpenAlert,
    RegionRisk,
    RegionState,
    Sequence,
    Severity,
    Tracks,
    TransitionReason,
)
from allywatch_schemas.sources import (
    Actor,
    ArticleStatus,
    DiplomaticEvent,
    MediaType,
    NewsArticle,
    Source,
)
from allywatch_schemas.topics import PARTITIONS, TOPICS, Topic, dead_letters_of

MESSAGES: dict[str, type[Message]] = {
    message.TYPE: message
    for message in (
        NewsArticle,
        DiplomaticEvent,
        EvidenceBatch,
        Retraction,
        AlertCommand,
        Tick,
        Coverage,
        MethodActivated,
        RegionRisk,
        Alert,
    )
}
"""Every message by its CloudEvents type."""

__all__ = [
    "MESSAGES",
    "PARTITIONS",
    "TOPICS",
    "Actor",
    "Alert",
    "AlertAction",
    "AlertCommand",
    "AlertState",
    "ArticleStatus",
    "Contribution",
    "Coverage",
    "CoverageState",
    "DiplomaticEvent",
    "Document",
    "Evidence",
    "EvidenceBatch",
    "EvidenceKind",
    "FlipSet",
    "Level",
    "Mechanism",
    "MediaType",
    "Message",
    "MethodActivated",
    "Modality",
    "NewsArticle",
    "OpenAlert",
    "Part",
    "PloverRoot",
    "QuadClass",
    "RegionRisk",
    "RegionState",
    "Retraction",
    "Role",
    "Sequence",
    "Severity",
    "Source",
    "SourceRange",
    "Superseded",
    "Tick",
    "TickOrigin",
    "Topic",
    "Track",
    "Tracks",
    "TransitionReason",
    "dead_letters_of",
    "murmur2",
    "partition_of",
]
