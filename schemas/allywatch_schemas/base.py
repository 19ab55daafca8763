"""What every message shares: strict when written, lenient when read, times in UTC."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


UtcTime = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An instant, always UTC; a time without an offset is an error."""

RegionId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{2,39}$")]
"""ISO 3166-1 alpha-3 for a country (`POL`), a longer name for what stands above it (`BALTIC_STATES`)."""

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Share = Annotated[float, Field(ge=0, le=1)]
Text = Annotated[str, StringConstraints(max_length=2_000)]


class Part(BaseModel):
    """A piece of a message. Building one with an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


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
