"""The live GDELT 2 exports: a file every 15 minutes, listed with size and MD5; resumed over gaps."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5

import structlog

from allywatch.ingest import gdelt
from allywatch.ingest.fetch import Fetcher, FetchFailed
from allywatch.ingest.files import unpacked
from allywatch.ingest.items import BadFile, Kind, Portion, Report, Take, unheard
from allywatch.ingest.journal import Journal
from allywatch.ingest.reach import Reach
from allywatch.ingest.rows import Rows
from allywatch.ingest.stopping import Stopping
from allywatch_schemas.topics import DIPLOMATIC_EVENTS

log = structlog.get_logger("allywatch.ingest")

BASE_URL = "http://data.gdeltproject.org/gdeltv2"
"""Over plain HTTP, as GDELT serves it; the list's MD5 tells damage, not forgery."""
EVERY = timedelta(minutes=15)
_LIST_BYTES_PER_EXPORT = 512
"""In the master list: three lines, of which one is an export; measured 330."""
_MAX_LIST_BYTES = 32 * 1024 * 1024
_MAX_EXPORT_BYTES = 64 * 1024 * 1024
_POLL_SECONDS = 60.0
_ATTEMPTS = 5
"""On one export, a poll apart, before it is left out."""


@dataclass(frozen=True, slots=True, order=True)
class Export:
    """A line of the list."""

    stamp: str
    """Time of the export, YYYYMMDDHHMMSS; sorts as time."""
    url: str
    size: int
    md5: str

    @property
    def moment(self) -> datetime:
        """Its time."""
        return _moment(self.stamp)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def exports_in(listing: str) -> list[Export]:
    """The event exports of a list (`size md5 url` a line), oldest first; other lines are not ours."""
    found = []
    for line in listing.splitlines():
        parts = line.split()
        if len(parts) != 3 or not parts[0].isdecimal() or not parts[2].endswith(".export.CSV.zip"):
            continue
        stamp = parts[2].rpartition("/")[2].partition(".")[0]
        if len(stamp) == 14 and stamp.isdecimal() and parts[2].startswith(("http://", "https://")):
            found.append(Export(stamp, parts[2], int(parts[0]), parts[1].lower()))
    return sorted(found)


class LiveExports:
    """Follows the list. Starts at the newest export, or after the last one in the journal."""

    def __init__(
        self,
        fetcher: Fetcher,
        journal: Journal,
        stopping: Stopping,
        *,
        base_url: str = BASE_URL,
        poll_seconds: float = _POLL_SECONDS,
        report: Report = unheard,
        unreachable: Callable[[str, float], None] = lambda feed, seconds: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._journal = journal
        self._stopping = stopping
        self._base_url = base_url
        self._poll_seconds = poll_seconds
        self._report = report
        self._clock = clock
        self._reach = Reach(journal, Kind.GDELT, clock, unreachable)
        self._failures: dict[str, int] = {}

    async def deliver(self, take: Take) -> None:
        """Hand over every export after the last one, in order, until asked to stop."""
        while not self._stopping.requested:
            answered = True
            try:
                for export in await self._due():
                    if self._stopping.requested or not await self._deliver(export, take):
                        break
                self._report(True, f"last export {self._journal.gdelt_export}")
            except FetchFailed as exc:
                answered = False
                self._report(False, str(exc))
                log.warning("list not read", reason=str(exc))
            if not self._stopping.requested:
                await self._reach.note(gdelt.PROVIDER, take, answered=answered)
            await self._stopping.sleep(self._wait())

    def _wait(self) -> float:
        """Until the next export may be there; the list is asked once a minute from then on."""
        last = self._journal.gdelt_export
        until_next = (_moment(last) + EVERY - self._clock()).total_seconds() if last else 0.0
        return max(self._poll_seconds, min(until_next, EVERY.total_seconds()))

    async def _due(self) -> Sequence[Export]:
        newest = exports_in(await self._list("lastupdate.txt", {}))
        last = self._journal.gdelt_export
        if last is None or not newest:
            return newest
        missing = int((newest[-1].moment - _moment(last)) / EVERY) - 1
        if missing > 0:
            log.info("catching up", exports=missing, after=last)
            tail = min(_MAX_LIST_BYTES, (missing + 20) * _LIST_BYTES_PER_EXPORT)
            newest = sorted(
                {*exports_in(await self._list("masterfilelist.txt", {"Range": f"bytes=-{tail}"})), *newest}
            )
        return [export for export in newest if export.stamp > last]

    async def _list(self, name: str, headers: dict[str, str]) -> str:
        answer = await self._stopping.race(
            self._fetcher.get(f"{self._base_url}/{name}", headers=headers, max_bytes=_MAX_LIST_BYTES)
        )
        return (answer.body or b"").decode("ascii", "replace") if answer else ""

    async def _deliver(self, export: Export, take: Take) -> bool:
        """Hand over one export; False: it failed, and comes again, or was left out after some attempts."""
        try:
            body = await self._stopping.race(self._download(export))
            if body is None:
                return False
            await take(self._portion(export, body))
        except (FetchFailed, BadFile) as exc:
            failures = self._failures[export.stamp] = self._failures.get(export.stamp, 0) + 1
            log.warning("export not read", export=export.stamp, attempt=failures, reason=str(exc))
            if failures < _ATTEMPTS:
                return False
            log.error("export left out", export=export.stamp, attempts=failures)
            self._journal.gdelt_export = export.stamp
            self._journal.save()
        self._failures.pop(export.stamp, None)
        return True

    async def _download(self, export: Export) -> bytes:
        answer = await self._fetcher.get(export.url, max_bytes=_MAX_EXPORT_BYTES)
        body = answer.body or b""
        if len(body) != export.size or md5(body, usedforsecurity=False).hexdigest() != export.md5:
            raise BadFile(
                f"{export.url}: {len(body)} bytes do not match the size and MD5 of the list. "
                "It is fetched again."
            )
        return body

    def _portion(self, export: Export, body: bytes) -> Portion:
        name = export.url.rpartition("/")[2]

        def commit(number: int, whole: bool) -> None:
            if whole:
                self._journal.gdelt_export = export.stamp

        return Portion(
            name=name,
            kind=Kind.GDELT,
            topic=DIPLOMATIC_EVENTS.name,
            items=gdelt.items(Rows(unpacked(io.BytesIO(body), name), name)),
            commit=commit,
            size=len(body),
        )
