"""docs/messages.md: topics, messages and fields in words, for those who subscribe."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from allywatch_schemas import MESSAGES, TOPICS
from allywatch_schemas.base import Message
from allywatch_schemas.deadletters import HEADERS
from allywatch_schemas.generate.asyncapi import CLOUD_EVENT_HEADERS
from allywatch_schemas.generate.examples import EXAMPLES
from allywatch_schemas.generate.jsonschema import schema_of, short_name

Schema = Mapping[str, Any]

SAME: dict[str, str] = {
    "NewsArticle": "`id` and `version`",
    "DiplomaticEvent": "`id` and `version`",
    "EvidenceBatch": "`ranges`: offsets at or below the watermark of a source partition are skipped",
    "Retraction": "`id`",
    "AlertCommand": "`id`",
    "Tick": "none needed: the clock is the highest time seen",
    "Coverage": "`id`",
    "MethodActivated": "`id`",
    "RegionRisk": "`region` and `sequence`; only the latest matters",
    "Alert": "`episode` and `revision`",
}
"""By which fields a reader knows that it has seen a message before."""

INTRO = """# Topics and messages

This page is generated from the models by `python -m allywatch_schemas.generate`; do not edit it.
The same as data: JSON Schemas (`allywatch_schemas/json/`), an AsyncAPI 3 document
(`allywatch_schemas/asyncapi.json`) and golden examples (`allywatch_schemas/examples/`), all in the wheel.

**To subscribe** you need `region-alerts` and, to know what is open when you join, `region-risk`. Read them
with `isolation.level=read_committed`. After a crash of yours you may see a revision again: drop it by
(`episode`, `revision`). No order holds across topics. `allywatch.client.AlertSubscriber` does all of this.

**Rules.** Times are UTC, ISO 8601. Shares, weights and probabilities are 0 to 1. Pressure is counted in
micro-points: whole numbers, 1,000,000 of them are one point. A field that is absent is null or holds
its default. Writers are strict; readers ignore fields that they do not know: a new optional field keeps
the version in the type, anything that an old reader could not read gets a new version.
"""


def reference() -> str:
    """The page as Markdown."""
    parts = [INTRO, "## Topics\n", *_topics(), "\n## Headers\n", *_headers(), "\n## Messages\n"]
    for message in MESSAGES.values():
        parts += _message(message)
    parts += ["## An alert in full\n", _example()]
    return "\n".join(parts)


def _table(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns)]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _topics() -> Iterator[str]:
    yield from _table("topic", "messages", "what", "partitions", "kept", "largest record")
    for topic in TOPICS.values():
        names = ", ".join(f"[{m.__name__}](#{m.__name__.lower()})" for m in topic.messages)
        private = "dead letters" if topic.name.endswith("-dlq") else "private"
        kept = "latest by key" if topic.retention_days is None else f"{topic.retention_days} days"
        size = f"{topic.max_message_bytes:,} B"
        yield _row(f"`{topic.name}`", names or private, topic.description, str(topic.partitions), kept, size)


def _headers() -> Iterator[str]:
    yield "Records are CloudEvents 1.0 in Kafka's binary mode: attributes in headers, the message as JSON.\n"
    yield from _table("header", "meaning")
    for name, meaning in CLOUD_EVENT_HEADERS.items():
        yield _row(f"`{name}`", meaning)
    yield "\nA dead letter keeps its original key, value and headers, and has these as well:\n"
    yield from _table("header", "meaning")
    for name, meaning in HEADERS.items():
        yield _row(f"`{name}`", meaning)


def _message(message: type[Message]) -> Iterator[str]:
    schema = schema_of(message)
    topic = next(t.name for t in TOPICS.values() if message in t.messages)
    yield f"### {message.__name__}\n"
    yield f"{schema['description']}\n"
    yield f"Type `{message.TYPE}`, on `{topic}`. The same again has the same: {SAME[message.__name__]}.\n"
    yield from _fields(schema, schema)
    parts = {name: part for name, part in schema.get("$defs", {}).items() if "properties" in part}
    for name, part in parts.items():
        yield f"\n**{name}** (in {message.__name__}): {part['description']}\n"
        yield from _fields(part, schema)
    yield ""


def _fields(schema: Schema, root: Schema) -> Iterator[str]:
    yield from _table("field", "type", "meaning")
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        kind = describe(field, root)
        if name not in required:
            default = field.get("default")
            kind += ", optional" if default is None else f", default `{json.dumps(default)}`"
        yield _row(f"`{name}`", kind, field.get("description") or _named(field["$ref"], root)["description"])


def describe(field: Schema, root: Schema) -> str:
    """A field's type in words: what it holds and within which bounds."""
    if "$ref" in field:
        values = _named(field["$ref"], root).get("enum")
        return ", ".join(f"`{value}`" for value in values) if values else f"**{_name(field['$ref'])}**"
    if "anyOf" in field:
        return " or ".join(describe(kind, root) for kind in field["anyOf"] if kind.get("type") != "null")
    match field["type"]:
        case "array" if "prefixItems" in field:
            return f"list of {len(field['prefixItems'])}: {describe(field['prefixItems'][0], root)}"
        case "array":
            return f"list of {describe(field['items'], root)}"
        case "object":
            pattern, value = next(iter(field["patternProperties"].items()))
            return f"map of text `{pattern}` to {describe(value, root)}"
        case "string" if field.get("format") == "date-time":
            return "time"
        case "string" if "pattern" in field:
            return f"text `{field['pattern']}`"
        case "string":
            return f"text, at most {field['maxLength']:,}" if "maxLength" in field else "text"
        case "boolean":
            return "true or false"
        case kind:
            return _number("whole number" if kind == "integer" else "number", field)


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def _named(reference: str, root: Schema) -> Schema:
    part: Schema = root["$defs"][_name(reference)]
    return part


def _number(noun: str, field: Schema) -> str:
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}
    said = [f"{sign} {field[key]:g}" for key, sign in bounds.items() if key in field]
    return " ".join([noun, *said])


def _example() -> str:
    firing = next(e for e in EXAMPLES if short_name(type(e.message)) == "alert.v1" and e.name == "firing")
    return f"```json\n{json.dumps(firing.record(), indent=2, ensure_ascii=False)}\n```\n"
