"""Anything that a message's JSON Schema allows, for Hypothesis."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

Json = Any
Schema = Mapping[str, Any]

# JSON has no lone surrogates, so no text of a message may hold one.
_CHARACTERS = st.characters(exclude_categories=["Cs"])
_FIRST, _LAST = datetime(1975, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 - Hypothesis adds the zones


def values_of(schema: Schema) -> st.SearchStrategy[Json]:
    """JSON values of a message's schema that also keep the rules that no schema can state."""
    return _any(schema, schema)


def _any(schema: Schema, root: Schema) -> st.SearchStrategy[Json]:
    if "$ref" in schema:
        return _any(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root)
    if "anyOf" in schema:
        return st.one_of([_any(choice, root) for choice in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema.get("minimum", -(10**15)), schema.get("maximum", 10**15))
        case "number":
            return _number(schema)
        case "string":
            return _text(schema)
        case "array":
            return _array(schema, root)
        case _:
            return _object(schema, root)


def _number(schema: Schema) -> st.SearchStrategy[Json]:
    lowest = schema.get("minimum", schema.get("exclusiveMinimum"))
    return st.floats(
        lowest,
        schema.get("maximum"),
        exclude_min="exclusiveMinimum" in schema,
        allow_nan=False,
        allow_infinity=False,
    )


def _text(schema: Schema) -> st.SearchStrategy[Json]:
    if schema.get("format") == "date-time":
        moments = st.datetimes(_FIRST, _LAST, timezones=st.timezones(), allow_imaginary=False)
        return moments.map(datetime.isoformat)
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].replace("$", r"\Z"), fullmatch=True)
    return st.text(
        _CHARACTERS, min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20)
    )


def _array(schema: Schema, root: Schema) -> st.SearchStrategy[Json]:
    if "prefixItems" in schema:
        return st.tuples(*(_any(item, root) for item in schema["prefixItems"])).map(list)
    return st.lists(_any(schema["items"], root), min_size=schema.get("minItems", 0), max_size=2)


def _object(schema: Schema, root: Schema) -> st.SearchStrategy[Json]:
    if "patternProperties" in schema:
        [(pattern, member)] = schema["patternProperties"].items()
        return st.dictionaries(_text({"pattern": pattern}), _any(member, root), max_size=3)
    required = set(schema.get("required", ()))
    fields = {name: _any(field, root) for name, field in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: field for name, field in fields.items() if name in required},
        optional={name: field for name, field in fields.items() if name not in required},
    ).map(lambda value: _repaired(str(schema["title"]), value))


def _repaired(title: str, value: dict[str, Any]) -> dict[str, Any]:
    """The same with the rules kept that tie fields together."""
    match title:
        case "Evidence":
            value["mechanism"] = value.get("mechanism") or "military_threat"
            value["plover_root"] = value.get("plover_root") or "THREATEN"
            value["derived_from"] = "evidence-0" if value["kind"] == "contagion" else None
        case "SourceRange":
            value["start"], value["end"] = sorted((value["start"], value["end"]))
        case "Coverage":
            value["window_start"], value["window_end"] = "2026-03-02T11:00:00Z", "2026-03-02T12:00:00+00:00"
        case "EvidenceBatch" if not (value.get("documents") and value.get("ranges")):
            value["documents"], value["items"] = [], []
        case "EvidenceBatch":
            value["documents"] = [document | {"range": 0} for document in value["documents"]]
            doc_id = value["documents"][0]["doc_id"]
            value["items"] = [item | {"doc_id": doc_id} for item in value.get("items", [])]
        case "RegionRisk" if value.get("contributions"):
            first, *others = value["contributions"]
            value["pressure"] = sum(c["points"] for c in value["contributions"])
            tenths = round(value["score"] * 10) - sum(c.get("score_tenths", 0) for c in others)
            value["contributions"] = [first | {"score_tenths": tenths}, *others]
    return value
