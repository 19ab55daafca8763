"""The AsyncAPI 3.0 document: every topic as a channel, every message with its headers."""

from collections.abc import Iterable
from typing import Any

from allywatch_schemas import MESSAGES, TOPICS
from allywatch_schemas.base import Message
from allywatch_schemas.deadletters import HEADERS
from allywatch_schemas.generate.jsonschema import file_name
from allywatch_schemas.topics import Topic

BINDING = "0.5.0"
"""Version of AsyncAPI's Kafka binding."""

_READ = ("news-articles", "diplomatic-events", "region-inputs")
_WRITTEN = ("region-risk", "region-alerts")


def asyncapi() -> dict[str, Any]:
    """The document; payloads refer to the JSON Schemas beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "allywatch",
            "version": "1.0.0",
            "description": "Risk scores and alerts for allied regions. Records are CloudEvents 1.0 in "
            "Kafka's binary mode; subscribers read `region-alerts` with `read_committed`.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "local": {
                "host": "127.0.0.1:9092",
                "protocol": "kafka",
                "description": "The broker that `allywatch broker` starts.",
            }
        },
        "channels": {topic.name: _channel(topic) for topic in TOPICS.values()},
        "operations": dict(_operations()),
        "components": {
            "messages": {m.__name__: _message(m) for m in MESSAGES.values()} | {"DeadLetter": _DEAD_LETTER},
            "messageTraits": {"cloudEvent": {"headers": _CLOUD_EVENT, "contentType": "application/json"}},
        },
    }


def _names(topic: Topic) -> list[str]:
    return ["DeadLetter"] if topic.name.endswith("-dlq") else [m.__name__ for m in topic.messages]


def _channel(topic: Topic) -> dict[str, Any]:
    config: dict[str, Any] = {k: int(v) if v.isdecimal() else v for k, v in topic.config.items()}
    config["cleanup.policy"] = [config["cleanup.policy"]]
    return {
        "address": topic.name,
        "description": topic.description,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in _names(topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": config,
                "bindingVersion": BINDING,
            }
        },
    }


def _operations() -> Iterable[tuple[str, dict[str, Any]]]:
    for name in _READ:
        yield from _operation("receive", TOPICS[name])
    for name in _WRITTEN:
        yield from _operation("send", TOPICS[name])
    for topic in TOPICS.values():
        if topic.name.endswith("-dlq"):
            yield from _operation("send", topic)


def _operation(action: str, topic: Topic) -> Iterable[tuple[str, dict[str, Any]]]:
    channel = f"#/channels/{topic.name}"
    yield (
        f"{action}-{topic.name}",
        {
            "action": action,
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{name}"} for name in _names(topic)],
        },
    )


def _message(message: type[Message]) -> dict[str, Any]:
    return {
        "name": message.TYPE,
        "title": message.__name__,
        "summary": (message.__doc__ or "").splitlines()[0],
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=2020-12",
            "schema": {"$ref": f"./json/{file_name(message)}"},
        },
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": BINDING}},
    }


CLOUD_EVENT_HEADERS: dict[str, str] = {
    "ce_specversion": "Always `1.0`.",
    "ce_id": "With `ce_source`, the identity of this event: the same event has the same id again.",
    "ce_source": "Who says it, such as `/allywatch/score`.",
    "ce_type": "Which message it is, and the version of its contract.",
    "ce_time": "When it happened (RFC 3339).",
    "ce_subject": "What it is about, such as a region.",
    "ce_partitionkey": "The record's key as text, where it has one.",
    "content-type": "Always `application/json`.",
}
"""Every header of a record by name, with its meaning."""


def _text_headers(meanings: dict[str, str], required: list[str]) -> dict[str, Any]:
    properties = {name: {"type": "string", "description": text} for name, text in meanings.items()}
    return {"type": "object", "properties": properties, "required": required}


_CLOUD_EVENT = _text_headers(CLOUD_EVENT_HEADERS, ["ce_specversion", "ce_id", "ce_source", "ce_type"])
_DEAD_LETTER: dict[str, Any] = {
    "name": "dead-letter",
    "title": "DeadLetter",
    "summary": "A record that could not be used: its key, value and headers as they were, and why.",
    "contentType": "application/octet-stream",
    "headers": _text_headers(
        HEADERS,
        [name for name in HEADERS if name not in ("allywatch-region", "allywatch-redriven")],
    ),
    "bindings": {"kafka": {"bindingVersion": BINDING}},
}
