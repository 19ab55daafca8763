"""The committed schemas, examples, AsyncAPI document and reference page follow from the models."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from allywatch.errors import RejectReason
from allywatch.records import Record, Rejection, dead_letter
from allywatch_schemas import MESSAGES, TOPICS, Alert, Message, NewsArticle
from allywatch_schemas.codec import DecodeReason, decode
from allywatch_schemas.deadletters import HEADERS
from allywatch_schemas.generate import PACKAGE, PAGE, artefacts, drift
from allywatch_schemas.generate.examples import EXAMPLES
from allywatch_schemas.generate.jsonschema import file_name, short_name

Json = Any
FILES = sorted((PACKAGE / "examples").rglob("*.json"))
ASYNCAPI: Json = json.loads((PACKAGE / "asyncapi.json").read_text(encoding="utf-8"))

every_message = pytest.mark.parametrize("message", MESSAGES.values(), ids=lambda m: m.__name__)
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")


def _json(path: Path) -> Json:
    return json.loads(path.read_text(encoding="utf-8"))


def test_nothing_committed_is_out_of_date_missing_or_left_over() -> None:
    assert list(drift()) == [], "run `python -m allywatch_schemas.generate` and commit what it writes"


def test_generating_twice_gives_the_same_bytes() -> None:
    assert artefacts() == artefacts()


@every_message
def test_a_schema_is_valid_and_names_its_type_and_version(message: type[Message]) -> None:
    schema = _json(PACKAGE / "json" / file_name(message))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:allywatch:{message.TYPE}"
    assert message.TYPE.rsplit(".", 1)[1] == "v1"


@every_message
def test_every_field_says_what_it_means(message: type[Message]) -> None:
    schema = _json(PACKAGE / "json" / file_name(message))
    for part in (schema, *schema.get("$defs", {}).values()):
        assert part["description"]
        for name, field in part.get("properties", {}).items():
            assert "description" in field or "$ref" in field, name


@every_message
def test_every_message_has_an_example(message: type[Message]) -> None:
    assert list((PACKAGE / "examples" / short_name(message)).glob("*.json"))


@every_file
def test_an_example_is_valid_is_read_and_reproduces_its_own_bytes(path: Path) -> None:
    record = _json(path)
    headers = tuple((name, text.encode()) for name, text in record["headers"].items())
    value = json.dumps(record["value"], separators=(",", ":"), ensure_ascii=False).encode()
    topic = TOPICS[record["topic"]]
    message = decode(value, headers, topic.messages)
    schema = _json(PACKAGE / "json" / file_name(type(message)))
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(record["value"])
    assert path.parent.name == short_name(type(message))
    assert message.write() == value
    assert record["headers"].get("ce_partitionkey") == record["key"]


def test_every_example_that_tells_news_is_marked_as_an_exercise() -> None:
    for example in EXAMPLES:
        if isinstance(example.message, NewsArticle | Alert) and example.name != "least":
            assert example.message.exercise, example.name


def test_every_topic_has_a_message_or_is_documented_as_private() -> None:
    for topic in TOPICS.values():
        if not topic.messages:
            assert topic.name.endswith("-dlq") or "private" in topic.description, topic.name


def test_every_message_stands_on_exactly_one_topic() -> None:
    placed = [message for topic in TOPICS.values() for message in topic.messages]
    assert sorted(m.TYPE for m in placed) == sorted(MESSAGES)


def test_dead_letter_headers_are_those_that_workers_write() -> None:
    record = Record("news-articles", 0, 1, None, b"x")
    written = dead_letter(record, Rejection(RejectReason.NOT_JSON, "no JSON", "LVA"), "extract").headers
    assert {name for name, _ in written} | {"allywatch-redriven"} == set(HEADERS)


def test_whatever_cannot_be_decoded_can_be_dead_lettered_with_the_same_reason() -> None:
    assert [reason.value for reason in DecodeReason] == [reason.value for reason in RejectReason][:6]


def test_the_page_names_every_topic_message_field_and_header() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in (*TOPICS, *HEADERS, *MESSAGES):
        assert f"`{name}`" in page
    for message in MESSAGES.values():
        assert f"### {message.__name__}\n" in page
        for field in message.model_fields:
            assert f"| `{field}` |" in page


def _references(node: Json) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _resolve(reference: str) -> Json:
    file, _, pointer = reference.partition("#")
    node = _json(PACKAGE / file) if file else ASYNCAPI
    for step in filter(None, pointer.split("/")):
        node = node[step]
    return node


def _validate_asyncapi(document: Json) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # asyncapi3 has a field named `schema`
        from asyncapi3 import AsyncAPI3
    AsyncAPI3.model_validate(document)


def test_the_asyncapi_document_is_valid_asyncapi() -> None:
    _validate_asyncapi(ASYNCAPI)


def test_that_validity_is_really_checked() -> None:
    with pytest.raises(ValidationError, match="info"):
        _validate_asyncapi({name: part for name, part in ASYNCAPI.items() if name != "info"})
    with pytest.raises(ValidationError, match="stranger"):
        _validate_asyncapi(ASYNCAPI | {"stranger": 1})


def test_every_reference_in_the_asyncapi_document_resolves() -> None:
    references = list(_references(ASYNCAPI))
    assert len(references) > len(TOPICS)
    assert all(_resolve(reference) for reference in references)


def test_the_asyncapi_document_has_every_topic_as_it_is_created() -> None:
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert set(ASYNCAPI["channels"]) == set(TOPICS)
    for topic in TOPICS.values():
        channel = ASYNCAPI["channels"][topic.name]
        binding = channel["bindings"]["kafka"]
        config = binding["topicConfiguration"]
        assert channel["address"] == binding["topic"] == topic.name
        assert binding["partitions"] == topic.partitions
        assert config["cleanup.policy"] == ["compact" if topic.compacted else "delete"]
        assert {k: v for k, v in topic.config.items() if k != "cleanup.policy"} == {
            k: str(v) for k, v in config.items() if k != "cleanup.policy"
        }


def test_operations_of_the_asyncapi_document_use_messages_of_their_channel() -> None:
    for operation in ASYNCAPI["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        assert all(m["$ref"].startswith(f"{channel}/messages/") for m in operation["messages"])


def test_the_asyncapi_document_has_every_message_with_its_schema() -> None:
    messages = ASYNCAPI["components"]["messages"]
    assert set(messages) == {m.__name__ for m in MESSAGES.values()} | {"DeadLetter"}
    for message in MESSAGES.values():
        schema = _resolve(messages[message.__name__]["payload"]["schema"]["$ref"])
        assert schema["$id"].endswith(message.TYPE)
