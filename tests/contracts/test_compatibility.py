"""What old consumers can still read. `released/` holds schemas as they were published: add, never edit."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from allywatch_schemas import MESSAGES, Message
from allywatch_schemas.compatibility import breaks, unreadable
from allywatch_schemas.generate.examples import EXAMPLES
from allywatch_schemas.generate.jsonschema import file_name, schema_of
from contracts.strategies import values_of

RELEASED = sorted((Path(__file__).parent / "released").rglob("*.schema.json"))
NOW = {file_name(message): schema_of(message) for message in MESSAGES.values()}

every_release = pytest.mark.parametrize("path", RELEASED, ids=lambda path: f"{path.parent.name}-{path.name}")

Json = dict[str, Any]
Change = Callable[[Json], Any]


def test_some_schemas_were_released() -> None:
    assert RELEASED


@every_release
def test_the_contract_of_today_can_follow_every_released_one(path: Path) -> None:
    assert path.name in NOW, f"{path.name} was released and is gone: keep it, or publish a new type"
    assert breaks(json.loads(path.read_text(encoding="utf-8")), NOW[path.name]) == []


def _released_type(path: Path) -> tuple[Json, type[Message]]:
    schema = json.loads(path.read_text(encoding="utf-8"))
    return schema, MESSAGES[schema["$id"].removeprefix("urn:allywatch:")]


@every_release
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_records_written_under_a_released_schema_are_read_today(path: Path, data: st.DataObject) -> None:
    schema, message = _released_type(path)
    message.read(json.dumps(data.draw(values_of(schema))).encode())


@every_release
def test_records_written_today_are_valid_under_a_released_schema(path: Path) -> None:
    schema, message = _released_type(path)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    written = [example.message.write() for example in EXAMPLES if isinstance(example.message, message)]
    assert written
    for value in written:
        validator.validate(json.loads(value))


OLD: Json = {
    "$defs": {
        "Level": {"enum": ["low", "high"], "type": "string"},
        "Part": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    },
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 50},
        "code": {"type": "string", "pattern": "^[A-Z]+$"},
        "at": {"type": "string", "format": "date-time"},
        "level": {"$ref": "#/$defs/Level"},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "count": {"type": "integer", "exclusiveMinimum": 0},
        "part": {"$ref": "#/$defs/Part"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}, "minItems": 1},
        "span": {"anyOf": [{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}]}]},
        "note": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}], "default": None},
        "flag": {"type": "boolean", "default": False},
        "totals": {
            "type": "object",
            "patternProperties": {"^h$": {"type": "integer"}},
            "additionalProperties": False,
        },
        "sizes": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
    "required": ["id", "code", "at", "level", "share", "count", "part", "parts"],
}


def _changed(change: Change) -> Json:
    new = copy.deepcopy(OLD)
    change(new)
    return new


def _rename(fields: Json, old: str, new: str) -> Json:
    fields[new] = fields.pop(old)
    return fields


BREAKING: dict[str, tuple[Change, str]] = {
    "a required field is removed": (
        lambda s: (s["properties"].pop("id"), s["required"].remove("id")),
        "$.id: may be absent",
    ),
    "a required field is renamed": (
        lambda s: (
            _rename(s["properties"], "id", "ident"),
            s["required"].append("ident"),
            s["required"].remove("id"),
        ),
        "$.id: may be absent",
    ),
    "a required field becomes optional": (lambda s: s["required"].remove("id"), "$.id: may be absent"),
    "an optional field becomes required": (lambda s: s["required"].append("flag"), "$.flag: may be absent"),
    "a required field is added": (
        lambda s: (s["properties"].update(more={"type": "string"}), s["required"].append("more")),
        "$.more: may be absent",
    ),
    "a type changes": (
        lambda s: s["properties"].update(flag={"type": "string", "default": False}),
        "string where boolean",
    ),
    "an integer becomes a number": (
        lambda s: s["properties"]["count"].update(type="number"),
        "number where integer",
    ),
    "a number becomes an integer": (
        lambda s: s["properties"]["share"].update(type="integer"),
        "number where integer",
    ),
    "a type deep in a list changes": (
        lambda s: s["$defs"]["Part"]["properties"]["n"].update(type="string"),
        "$.parts[].n: string where integer",
    ),
    "a field becomes nullable": (
        lambda s: s["properties"].update(id={"anyOf": [OLD["properties"]["id"], {"type": "null"}]}),
        "$.id: null where string",
    ),
    "a field is no longer nullable": (
        lambda s: s["properties"].update(note={"type": "string", "maxLength": 9, "default": None}),
        "$.note: null where string",
    ),
    "an enum gets a value": (lambda s: s["$defs"]["Level"]["enum"].append("mid"), "'mid' is not among"),
    "an enum loses a value": (lambda s: s["$defs"]["Level"]["enum"].remove("low"), "'low' is not among"),
    "an enum becomes free text": (lambda s: s["$defs"]["Level"].pop("enum"), "any value where only"),
    "an upper bound is raised": (
        lambda s: s["properties"]["id"].update(maxLength=51),
        "maxLength 51 where 50",
    ),
    "an upper bound is lowered": (
        lambda s: s["properties"]["share"].update(maximum=0.5),
        "maximum 1 where 0.5",
    ),
    "an upper bound is lifted": (lambda s: s["properties"]["id"].pop("maxLength"), "maxLength None where 50"),
    "a bound in a nullable field moves": (
        lambda s: s["properties"]["note"]["anyOf"][0].update(maxLength=8),
        "$.note: maxLength 9 where 8",
    ),
    "a lower bound is raised": (lambda s: s["properties"]["parts"].update(minItems=2), "minItems 1 where 2"),
    "a lower bound is lowered": (
        lambda s: s["properties"]["count"].update(exclusiveMinimum=-1),
        "exclusiveMinimum -1",
    ),
    "a pattern changes": (lambda s: s["properties"]["code"].update(pattern="^[a-z]+$"), "$.code: pattern"),
    "a format is dropped": (lambda s: s["properties"]["at"].pop("format"), "$.at: format None"),
    "a pair becomes three": (
        lambda s: s["properties"]["span"]["anyOf"][0]["prefixItems"].append({"type": "integer"}),
        "$.span: a list of 3",
    ),
    "a member of a pair changes": (
        lambda s: s["properties"]["span"]["anyOf"][0]["prefixItems"][1].update(type="string"),
        "$.span[1]: string",
    ),
    "the keys of a map change": (
        lambda s: s["properties"]["totals"].update(patternProperties={"^d$": {"type": "integer"}}),
        "$.totals: keys",
    ),
    "a map takes other keys": (
        lambda s: s["properties"]["totals"].pop("additionalProperties"),
        "$.totals: other keys where they are refused",
    ),
    "the values of a map change": (
        lambda s: s["properties"]["sizes"]["additionalProperties"].update(type="string"),
        "$.sizes{}: string",
    ),
    "unknown fields are refused": (
        lambda s: (s["properties"].pop("flag"), s.update(additionalProperties=False)),
        "$.flag: unknown",
    ),
    "a default changes": (lambda s: s["properties"]["flag"].update(default=True), "$.flag: when absent"),
    "a constraint nobody knows appears": (
        lambda s: s["properties"]["parts"].update(uniqueItems=True),
        "$.parts: uniqueItems None where True",
    ),
}

HARMLESS: dict[str, Change] = {
    "nothing": lambda s: None,
    "a new optional field": lambda s: s["properties"].update(more={"type": "string", "default": ""}),
    "a new optional field of a part": lambda s: s["$defs"]["Part"]["properties"].update(
        more={"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    ),
    "an optional field is removed": lambda s: s["properties"].pop("note"),
    "a description changes": lambda s: s["properties"]["id"].update(description="better words"),
    "fields are reordered": lambda s: s.update(properties=dict(reversed(s["properties"].items()))),
    "a part is renamed": lambda s: (
        _rename(s["$defs"], "Part", "Piece"),
        s["properties"]["part"].update({"$ref": "#/$defs/Piece"}),
        s["properties"]["parts"]["items"].update({"$ref": "#/$defs/Piece"}),
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_found_and_its_place_named(name: str) -> None:
    change, said = BREAKING[name]
    assert any(said in reason for reason in breaks(OLD, _changed(change)))


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_passes(name: str) -> None:
    assert breaks(OLD, _changed(HARMLESS[name])) == []


def test_it_says_which_side_could_not_read() -> None:
    new = _changed(BREAKING["an enum gets a value"][0])
    assert [reason.split(":")[0] for reason in breaks(OLD, new)] == ["old readers, new records"]
    assert unreadable(writer=OLD, reader=new) == []
