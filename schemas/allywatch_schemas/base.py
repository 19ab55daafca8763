"""What every message shares: strict when written, lenient when read, times in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

_set = object.__setattr__
"""Past what keeps a part from being changed, while it is made."""


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the year 9999 in UTC") from None


class _InUtc:
    """Takes times in UTC as they are, in compiled code, and converts others: a quarter of the cost."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.union_schema(
            [
                core_schema.datetime_schema(tz_constraint=0),
                core_schema.no_info_after_validator_function(
                    _to_utc, core_schema.datetime_schema(tz_constraint="aware")
                ),
            ],
            mode="left_to_right",
            custom_error_type="utc_time",
            custom_error_message="Input should be an ISO 8601 time with an offset, in year 1 to 9999 of UTC",
        )


UtcTime = Annotated[datetime, _InUtc(), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An instant, always UTC; a time without an offset is an error."""

RegionId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{2,39}$")]
"""ISO 3166-1 alpha-3 for a country (`POL`), a longer name for what stands above it (`BALTIC_STATES`)."""

ActorCode = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{1,39}$")]
"""Whoever may act: a region's id, or a body such as `NATO` or `EU`."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Url = Annotated[str, StringConstraints(max_length=4_000)]


class Part(BaseModel):
    """A piece of a message. Building one with an unknown field is an error; numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def restated(self, changes: Mapping[str, object]) -> Self:
        """A copy with other values, at a fraction of the cost of `model_copy`; nothing is checked.

        Those fields count as set that were set here.

        Args:
            changes: By name of the field; of the field's type, and within its bounds.
        """
        made = object.__new__(type(self))
        _set(made, "__dict__", {**self.__dict__, **changes})
        _set(made, "__pydantic_fields_set__", self.__pydantic_fields_set__)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made


class Message(Part):
    """A record on a topic.

    `TYPE` is the CloudEvents type; its last part is the version of the contract. A new optional
    field keeps the version; anything that an old reader could not read needs a new one.
    """

    TYPE: ClassVar[str]

    @classmethod
    def read(cls, value: bytes) -> Self:
        """Parse JSON leniently: fields of a newer writer are ignored.

        Raises:
            pydantic.ValidationError: The value is not JSON, or not this message.
        """
        return cls.model_validate_json(value, extra="ignore")

    def write(self) -> bytes:
        """The record's value: compact JSON, without fields that hold their default `None`."""
        return self.model_dump_json(exclude_none=True).encode()
