"""A drop folder: whatever of our formats is put there is taken in once. Nothing is moved or changed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog

from allywatch.ingest.files import portion, recognise
from allywatch.ingest.items import BadFile, Report, Take, unheard
from allywatch.ingest.journal import Journal
from allywatch.ingest.stopping import Stopping

log = structlog.get_logger("allywatch.ingest")

SETTLED_SECONDS = 2.0
"""A file that changed more recently may still be growing."""
_UNFINISHED = (".part", ".tmp", ".crdownload", ".new", ".lock", ".swp")


class DropFolder:
    """Watches a folder and its subfolders until asked to stop.

    A file is known by its path, size and time of change: put a changed file there, and it is taken in again.
    Hidden files, unfinished downloads and symbolic links (which may lead elsewhere) are left alone.
    """

    def __init__(
        self,
        folder: Path,
        journal: Journal,
        stopping: Stopping,
        *,
        poll_seconds: float = 1.0,
        on_bad_file: Callable[[], None] = lambda: None,
        report: Report = unheard,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._stopping = stopping
        self._poll_seconds = poll_seconds
        self._on_bad_file = on_bad_file
        self._report = report
        self._clock = clock

    async def deliver(self, take: Take) -> None:
        """Hand over every file that is new and settled; one that cannot be read is logged and left."""
        while not self._stopping.requested:
            present = list(self._files())
            self._report(self._folder.is_dir(), str(self._folder))
            for path in present:
                if self._stopping.requested:
                    return
                if self._settled(path):
                    await self._deliver(path, take)
            self._journal.forget_files(set(self._journal.known_files()) - set(present))
            await self._stopping.sleep(self._poll_seconds)

    def _files(self) -> Iterator[Path]:
        for path in sorted(self._folder.rglob("*")):
            parts = path.relative_to(self._folder).parts
            hidden = any(part.startswith(".") for part in parts)
            linked = any(parent.is_symlink() for parent in (path, *path.parents[: len(parts) - 1]))
            if not hidden and not linked and path.suffix.casefold() not in _UNFINISHED and path.is_file():
                yield path

    def _settled(self, path: Path) -> bool:
        try:
            stat = path.stat()
        except OSError:
            return False
        known = self._journal.file(path, stat)
        changed = self._clock() - stat.st_mtime
        return stat.st_size > 0 and changed >= SETTLED_SECONDS and not known.whole and known.failure is None

    async def _deliver(self, path: Path, take: Take) -> None:
        try:
            with portion(path, recognise(path), self._journal) as found:
                if found is not None:
                    log.info("taking in", file=path.name, kind=found.kind.value)
                    await take(found)
        except BadFile as exc:
            log.error("file not taken in", reason=str(exc))
            self._on_bad_file()
            stat = path.stat()
            position = self._journal.file(path, stat)
            self._journal.note_file(path, position.model_copy(update={"failure": str(exc)[:500]}))
            self._journal.save()
        except OSError as exc:
            log.warning("file vanished", file=path.name, reason=str(exc))
