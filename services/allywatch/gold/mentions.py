"""Golden names: sentences with the actors that are named in them, and names that name none. Data, checked."""

from datetime import date
from importlib import resources
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator

from allywatch.configfile import parse
from allywatch.gold.articles import Split


class GoldMentions(BaseModel):
    """A text and its names.

    `mentions`: each as it stands in the text, with the actor that is meant; None: none, though it looks so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    split: Split
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z][a-z]{3})?$")]
    published: date
    text: Annotated[str, StringConstraints(min_length=1)]
    mentions: dict[str, str | None] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> "GoldMentions":
        for written in self.mentions:
            if self.text.count(written) != 1:
                raise ValueError(f"{written!r} must stand in its text once")
        return self


class _File(RootModel[tuple[GoldMentions, ...]]):
    pass


def load_mentions() -> tuple[GoldMentions, ...]:
    """The golden names of both splits.

    Raises:
        ConfigError: The file is wrong (or an ExceptionGroup of several).
    """
    file = resources.files("allywatch.gold") / "data" / "names.yaml"
    return parse(file.read_text("utf-8"), _File, file.name)[0].root
