"""JSON Schema 2020-12 of each message, as a reader should hold it: unknown fields are allowed."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from allywatch_schemas.base import Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _ReaderSchema(GenerateJsonSchema):
    """Leaves out titles that only repeat a field's name."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        # Our own writers refuse unknown fields; whoever reads must not, or no field could ever be added.
        return {k: v for k, v in super().model_schema(schema).items() if k != "additionalProperties"}


def short_name(message: type[Message]) -> str:
    """The type without its owner: `alert.v1`."""
    return message.TYPE.removeprefix("org.allywatch.")


def file_name(message: type[Message]) -> str:
    """The name of the schema's file."""
    return f"{short_name(message)}.schema.json"


def schema_of(message: type[Message]) -> dict[str, Any]:
    """The schema of a message, self-contained."""
    schema = message.model_json_schema(schema_generator=_ReaderSchema)
    return {"$schema": DIALECT, "$id": f"urn:allywatch:{message.TYPE}"} | schema
