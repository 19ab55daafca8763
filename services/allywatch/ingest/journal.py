"""What was taken in: resume positions, remembered between runs in one small JSON file."""

import fcntl
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from allywatch.errors import StopWorker


class FilePosition(BaseModel):
    """How far a file was taken in. Another size or time of change: another file."""

    model_config = ConfigDict(frozen=True)

    size: int
    modified_ns: int
    number: int = 0
    """The last row whose message was acknowledged."""
    whole: bool = False
    failure: str | None = None
    """Why it could not be read (further); not tried again while it stays as it is."""

    @classmethod
    def start(cls, stat: os.stat_result) -> Self:
        """Nothing taken in yet."""
        return cls(size=stat.st_size, modified_ns=stat.st_mtime_ns)

    def same_file(self, stat: os.stat_result) -> bool:
        """Whether the file is as it was."""
        return (self.size, self.modified_ns) == (stat.st_size, stat.st_mtime_ns)


class Remembered(NamedTuple):
    """What was last sent of one entry of a feed."""

    version: int
    digest: str
    seen: datetime
    """When it was first seen: its date, if it has none."""


class FeedMemory(BaseModel):
    """What a feed said last."""

    etag: str | None = None
    last_modified: str | None = None
    entries: dict[str, Remembered] = Field(default_factory=dict)
    down_since: datetime | None = None
    """Its first failure since it last answered."""
    reported: datetime | None = None
    """When the scores were last told that it is out of reach; none: they think it is not."""


class _Contents(BaseModel):
    format: Literal[1] = 1
    files: dict[str, FilePosition] = Field(default_factory=dict)
    feeds: dict[str, FeedMemory] = Field(default_factory=dict)
    gdelt_export: str | None = None


class Journal:
    """The journal of one kind of ingest; one process at a time holds it.

    Nothing is written but by `save`, which replaces the file in one step: a crash leaves the old or
    the new journal, and the old one only means that some messages are sent twice, with the same ids.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or begin the journal at `path`; None: remember nothing beyond this process.

        Raises:
            StopWorker: It cannot be read or written, or another process holds it.
        """
        self._path = path
        self._lock: int | None = None
        self._contents = _Contents()
        if path is not None:
            self._lock = _hold(path)
            self._contents = _load(path)

    def close(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        """Hold it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.close()

    def file(self, path: Path, stat: os.stat_result) -> FilePosition:
        """How far this file was taken in."""
        known = self._contents.files.get(str(path))
        return known if known and known.same_file(stat) else FilePosition.start(stat)

    def note_file(self, path: Path, position: FilePosition) -> None:
        """Remember how far a file was taken in."""
        self._contents.files[str(path)] = position

    def forget_files(self, paths: Iterable[Path]) -> None:
        """Forget files, so that they can be taken in anew."""
        for path in paths:
            self._contents.files.pop(str(path), None)

    def known_files(self) -> list[Path]:
        """All files that are remembered."""
        return [Path(name) for name in self._contents.files]

    def feed(self, feed_id: str) -> FeedMemory:
        """What a feed said last; changes to it are remembered."""
        return self._contents.feeds.setdefault(feed_id, FeedMemory())

    @property
    def gdelt_export(self) -> str | None:
        """The last live export taken in as a whole: its time, YYYYMMDDHHMMSS."""
        return self._contents.gdelt_export

    @gdelt_export.setter
    def gdelt_export(self, stamp: str) -> None:
        self._contents.gdelt_export = stamp

    def save(self) -> None:
        """Write it down.

        Raises:
            StopWorker: The disk refuses.
        """
        if self._path is None:
            return
        draft = self._path.with_suffix(".new")
        try:
            with draft.open("wb") as out:
                out.write(self._contents.model_dump_json(exclude_none=True).encode())
                out.flush()
                os.fsync(out.fileno())
            draft.replace(self._path)
        except OSError as exc:
            raise StopWorker(
                f"cannot write the resume state {self._path}: {exc.strerror}. "
                "Make room, or name another place with --state."
            ) from None


def _hold(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        raise StopWorker(
            f"cannot keep the resume state at {path}: {exc.strerror}. Name another place with --state."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise StopWorker(
            f"another ingest uses the resume state {path}. Stop it, or give this one its own with --state."
        ) from None
    return lock


def _load(path: Path) -> _Contents:
    try:
        return _Contents.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return _Contents()
    except (OSError, ValidationError) as exc:
        raise StopWorker(
            f"the resume state {path} cannot be read ({type(exc).__name__}). Move it away to begin anew: "
            "what is read again has the same ids and counts once."
        ) from None
