"""Which feeds are polled: a YAML file with a schema; the package ships one."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from allywatch.configfile import parse
from allywatch.errors import ConfigError


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    return url


class Feed(BaseModel):
    """One feed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(description="Stable: coverage is kept by it.", pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")
    url: Annotated[str, AfterValidator(_http)] = Field(max_length=2_000)
    source: str = Field(description="The publisher, as a reader would see it.", min_length=1, max_length=300)
    language: str | None = Field(
        default=None,
        description="BCP 47, where the feed does not say.",
        pattern=r"^[A-Za-z]{2,3}(-\w{2,8})*$",
    )
    every_minutes: float = Field(default=15, ge=1, le=1_440)

    @property
    def host(self) -> str:
        """Whose server it is on."""
        return urlsplit(self.url).hostname or ""


class Feeds(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feeds: tuple[Feed, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        for what in ("id", "url"):
            values = [getattr(feed, what) for feed in self.feeds]
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]!r} is given twice")
        return self


def load_feeds(path: Path | None = None) -> tuple[Feed, ...]:
    """The feeds of a file; None: those that ship with the package.

    Raises:
        ConfigError: One thing is wrong, or the file cannot be read.
        ExceptionGroup: Of ConfigError; several are.
    """
    shipped = files("allywatch.ingest").joinpath("feeds.yaml")
    try:
        text = (path or shipped).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"cannot be read: {exc}.", file=path or "feeds.yaml", fix="name a UTF-8 file with --feeds."
        ) from None
    return parse(text, Feeds, str(path or "feeds.yaml"))[0].feeds
