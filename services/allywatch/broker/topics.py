"""Provision the topics: create what is missing, and report every difference in what exists."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allywatch.config import KafkaSettings
from allywatch.errors import AllywatchError
from allywatch.kafkaadmin import admin_client
from allywatch_schemas import TOPICS, Topic

_ALREADY_EXISTS = 36  # Kafka's error codes
_UNKNOWN_TOPIC = 3

PARTITIONS_SETTING = "partitions"
MISSING_SETTING = "topic"

# Declared nowhere, but a topic that had it would throw records away that a reader still needs.
_ALWAYS = {"retention.bytes": "-1"}


@dataclass(frozen=True, slots=True)
class ExistingTopic:
    """A topic as Kafka has it."""

    name: str
    partitions: int
    replication_factor: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One difference between a declared topic and the existing one."""

    topic: str
    setting: str
    declared: str
    found: str

    @property
    def fixable(self) -> bool:
        """Whether `--fix-config` may change it: settings only, never a number of partitions or replicas."""
        return self.setting not in (PARTITIONS_SETTING, MISSING_SETTING, "replication.factor")

    @property
    def remedy(self) -> str:
        """What to do about it."""
        if self.setting == MISSING_SETTING:
            return "run `allywatch topics` without --check-only"
        if self.fixable:
            return "run `allywatch topics --fix-config`"
        if self.setting == PARTITIONS_SETTING and self.topic.startswith("region-"):
            return "cannot be changed: keyed state pins it; use a new cluster or a new set of topics"
        return "change it with Kafka's own tools, or create the topic anew"


@dataclass(frozen=True, slots=True)
class Provisioning:
    """What provisioning did, and what still differs."""

    created: tuple[str, ...] = ()
    fixed: tuple[Mismatch, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()


class TopicsDiffer(AllywatchError):
    """Existing topics are not as declared."""

    def __init__(self, mismatches: Sequence[Mismatch]) -> None:
        first = mismatches[0]
        more = f" (and {len(mismatches) - 1} more)" if len(mismatches) > 1 else ""
        super().__init__(
            f"topic {first.topic}: {first.setting} is {first.found}, declared {first.declared}{more}. "
            "Run `allywatch topics --check-only` for the list."
        )
        self.mismatches = tuple(mismatches)


def compare(
    declared: Topic, existing: ExistingTopic | None, replication_factor: int | None = None
) -> list[Mismatch]:
    """Every difference that matters, in a fixed order. A setting that is not declared may be anything."""
    if existing is None:
        return [Mismatch(declared.name, MISSING_SETTING, "exists", "missing")]
    pairs = [(PARTITIONS_SETTING, str(declared.partitions), str(existing.partitions))]
    if replication_factor is not None:
        pairs.append(("replication.factor", str(replication_factor), str(existing.replication_factor)))
    wanted = _ALWAYS | declared.config
    pairs += [(name, value, existing.config.get(name, "unknown")) for name, value in sorted(wanted.items())]
    return [Mismatch(declared.name, *pair) for pair in pairs if not _same(pair[1], pair[2])]


def _same(declared: str, found: str) -> bool:
    """Equal as text, as a number, or as a list in another order."""
    if sorted(declared.split(",")) == sorted(found.split(",")):
        return True
    try:
        return float(declared) == float(found)
    except ValueError:
        return False


def provision(
    kafka: KafkaSettings,
    topics: Iterable[Topic] = tuple(TOPICS.values()),
    *,
    check_only: bool = False,
    fix_config: bool = False,
    replication_factor: int | None = None,
    timeout_seconds: float = 10.0,
) -> Provisioning:
    """Create the missing topics, then check all. Safe to run by several processes at once.

    Args:
        kafka: How to reach the brokers.
        topics: What should exist.
        check_only: Change nothing.
        fix_config: Set differing settings of existing topics as declared; partitions are never changed.
        replication_factor: Of new topics, and checked on existing ones; none: the cluster's default.
        timeout_seconds: How long to wait for a broker.

    Raises:
        RetryLater: No broker answered.
        AllywatchError: Kafka refused to create or change a topic.
    """
    declared = list(topics)
    with admin_client(kafka, timeout_seconds) as client:
        created = () if check_only else _create_missing(client, declared, replication_factor)
        mismatches = _check(client, declared, replication_factor)
        fixed = tuple(m for m in mismatches if m.fixable) if fix_config and not check_only else ()
        if fixed:
            _set(client, fixed)
            deadline = time.monotonic() + 5.0
            while any(m.fixable for m in mismatches) and time.monotonic() < deadline:
                time.sleep(0.05)  # brokers learn of a change a moment after it is acknowledged
                mismatches = _check(client, declared, replication_factor)
    return Provisioning(created, tuple(m for m in fixed if m not in mismatches), mismatches)


def ensure_topics(kafka: KafkaSettings, timeout_seconds: float = 10.0) -> tuple[str, ...]:
    """Create what is missing and insist on the rest.

    Returns:
        The names that were created.

    Raises:
        TopicsDiffer: An existing topic is not as declared.
        RetryLater: No broker answered.
    """
    outcome = provision(kafka, timeout_seconds=timeout_seconds)
    if outcome.mismatches:
        raise TopicsDiffer(outcome.mismatches)
    return outcome.created


def _create_missing(client: Any, declared: Sequence[Topic], replication: int | None) -> tuple[str, ...]:
    existing = set(client.list_topics())
    missing = [topic for topic in declared if topic.name not in existing]
    if not missing:
        return ()
    answer = client.create_topics(
        {
            topic.name: {
                "num_partitions": topic.partitions,
                "replication_factor": replication if replication is not None else -1,
                "configs": _ALWAYS | topic.config,
            }
            for topic in missing
        },
        raise_errors=False,
    )
    created = []
    for result in answer["topics"]:
        if result["error_code"] == 0:
            created.append(result["name"])
        elif result["error_code"] != _ALREADY_EXISTS:  # somebody else was quicker: checked like any other
            raise AllywatchError(
                f"Kafka refused to create {result['name']}: {result['error_message']} "
                "Check the user's permissions and --replication-factor."
            )
    client.wait_for_topics([topic.name for topic in missing])
    return tuple(created)


def _check(client: Any, declared: Sequence[Topic], replication: int | None) -> tuple[Mismatch, ...]:
    existing = _describe(client, [topic.name for topic in declared])
    return tuple(
        mismatch for topic in declared for mismatch in compare(topic, existing.get(topic.name), replication)
    )


def _describe(client: Any, names: Sequence[str]) -> dict[str, ExistingTopic]:
    from kafka.admin import ConfigResource, ConfigResourceType

    described = {}
    for topic in client.describe_topics(list(names)):
        if topic["error_code"] == 0:
            described[topic["name"]] = topic["partitions"]
        elif topic["error_code"] != _UNKNOWN_TOPIC:
            raise AllywatchError(
                f"Kafka does not describe topic {topic['name']} (code {topic['error_code']}). "
                "Grant this user Describe on it."
            )
    if not described:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in described]
    configs = client.describe_configs(resources, config_filter="all")["topic"]
    return {
        name: ExistingTopic(
            name,
            len(partitions),
            min(len(partition["replica_nodes"]) for partition in partitions),
            {setting: str(entry["value"]) for setting, entry in configs[name].items()},
        )
        for name, partitions in described.items()
    }


def _set(client: Any, mismatches: Sequence[Mismatch]) -> None:
    from kafka.admin import ConfigResource, ConfigResourceType

    changes: dict[str, dict[str, str]] = {}
    for mismatch in mismatches:
        changes.setdefault(mismatch.topic, {})[mismatch.setting] = mismatch.declared
    answer = client.alter_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name, configs) for name, configs in changes.items()]
    )
    for name, outcome in answer["topic"].items():
        if outcome != "OK":
            raise AllywatchError(f"Kafka refused to change {name}: {outcome} Check the user's permissions.")
