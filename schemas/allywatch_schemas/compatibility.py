"""Whether two versions of a JSON Schema can live together on one topic.

They must in both directions: records written before an upgrade stay on the topics for months, and
subscribers upgrade when they like. So a new schema may break neither the old readers nor the old records.
Knows the part of JSON Schema that pydantic writes; a constraint it does not know must stay as it is.
What validators add in code (evidence of kind `event` names a root) is not in the schemas and not seen here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_AT_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_AT_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_STRUCTURE = frozenset(
    {"type", "enum", "const", "properties", "required", "items", "prefixItems", "anyOf", "$ref"}
    | {"additionalProperties", "patternProperties"}
)
_ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "default", "examples"})
_HANDLED = _STRUCTURE | _ANNOTATIONS | {*_AT_LEAST, *_AT_MOST}


def breaks(old: Schema, new: Schema) -> list[str]:
    """Why `new` cannot follow `old` under the same type; empty: it can."""
    return [
        *(f"old readers, new records: {reason}" for reason in unreadable(writer=new, reader=old)),
        *(f"new readers, old records: {reason}" for reason in unreadable(writer=old, reader=new)),
    ]


def unreadable(*, writer: Schema, reader: Schema) -> list[str]:
    """Why a lenient reader holding `reader` may fail on what `writer` allows, each with its place."""
    return list(_Comparison(writer, reader).differences(writer, reader, "$"))


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two schemas with the documents that their references point into."""

    writer_root: Schema
    reader_root: Schema

    def differences(self, writer: Schema, reader: Schema, at: str) -> Iterator[str]:
        writer, reader = _resolve(writer, self.writer_root), _resolve(reader, self.reader_root)
        if "anyOf" in writer or "anyOf" in reader:
            yield from self._alternatives(writer, reader, at)
            return
        if not _same_type(writer, reader):
            yield f"{at}: {_type(writer)} where {_type(reader)} is read"
            return
        yield from _values(writer, reader, at)
        yield from _bounds(writer, reader, at)
        yield from _unknown(writer, reader, at)
        yield from self._fields(writer, reader, at)
        yield from self._members(writer, reader, at)

    def _alternatives(self, writer: Schema, reader: Schema, at: str) -> Iterator[str]:
        """Every alternative of the writer needs one of the reader's; else the nearest says why not."""
        readers = reader.get("anyOf", [reader])
        for kind in writer.get("anyOf", [writer]):
            reasons = [list(self.differences(kind, choice, at)) for choice in readers]
            if all(reasons):
                resolved = _resolve(kind, self.writer_root)
                alike = [
                    why
                    for why, choice in zip(reasons, readers, strict=True)
                    if _same_type(resolved, _resolve(choice, self.reader_root))
                ]
                yield from (alike or reasons)[0]

    def _fields(self, writer: Schema, reader: Schema, at: str) -> Iterator[str]:
        written, read = writer.get("properties", {}), reader.get("properties", {})
        for name in sorted(set(reader.get("required", ())) - set(writer.get("required", ()))):
            yield f"{at}.{name}: may be absent where it is required"
        for name, field in read.items():
            if name not in written:
                continue
            yield from self.differences(written[name], field, f"{at}.{name}")
            if name not in writer.get("required", ()) and written[name].get("default") != field.get(
                "default"
            ):
                yield f"{at}.{name}: when absent, means something else (another default)"
        if reader.get("additionalProperties") is False:
            for name in sorted(set(written) - set(read)):
                yield f"{at}.{name}: unknown where unknown fields are refused"

    def _members(self, writer: Schema, reader: Schema, at: str) -> Iterator[str]:
        """What stands in a list or a map."""
        if "items" in reader:
            yield from self.differences(writer.get("items", {}), reader["items"], f"{at}[]")
        first, second = writer.get("prefixItems", []), reader.get("prefixItems", [])
        if len(first) != len(second):
            yield f"{at}: a list of {len(first)} where one of {len(second)} is read"
        for index, (one, other) in enumerate(zip(first, second, strict=False)):
            yield from self.differences(one, other, f"{at}[{index}]")
        patterns = reader.get("patternProperties", {})
        if patterns and set(patterns) != set(writer.get("patternProperties", {})):
            yield f"{at}: keys of another pattern"
            return
        for pattern, member in patterns.items():
            yield from self.differences(writer["patternProperties"][pattern], member, f"{at}{{}}")
        members = reader.get("additionalProperties")
        if patterns and members is False and writer.get("additionalProperties") is not False:
            yield f"{at}: other keys where they are refused"
        if isinstance(members, Mapping):
            other = writer.get("additionalProperties")
            yield from self.differences(other if isinstance(other, Mapping) else {}, members, f"{at}{{}}")


def _resolve(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _type(schema: Schema) -> str:
    return str(schema.get("type", "anything"))


def _same_type(writer: Schema, reader: Schema) -> bool:
    return (
        "type" not in reader
        or _type(writer) == _type(reader)
        or (_type(writer), _type(reader)) == ("integer", "number")
    )


def _choices(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _values(writer: Schema, reader: Schema, at: str) -> Iterator[str]:
    written, read = _choices(writer), _choices(reader)
    if read is None:
        return
    if written is None:
        yield f"{at}: any value where only {read} are read"
        return
    for value in written:
        if value not in read:
            yield f"{at}: {value!r} is not among the values read"


def _bounds(writer: Schema, reader: Schema, at: str) -> Iterator[str]:
    for key in (*_AT_LEAST, *_AT_MOST):
        if key not in reader:
            continue
        ours, theirs = writer.get(key), reader[key]
        within = ours is not None and (ours >= theirs if key in _AT_LEAST else ours <= theirs)
        if not within:
            yield f"{at}: {key} {ours} where {theirs} is read"


def _unknown(writer: Schema, reader: Schema, at: str) -> Iterator[str]:
    """Constraints compared as they are: `pattern`, `format` and whatever this module does not know."""
    for key in sorted(set(reader) - _HANDLED):
        if writer.get(key) != reader[key]:
            yield f"{at}: {key} {writer.get(key)!r} where {reader[key]!r} is read"
