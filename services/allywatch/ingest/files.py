"""Files and folders as sources: plain, gzip or zip, of a known or a recognised format."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

from allywatch.ingest import gdelt, icews, jsonl, ninjs, rss
from allywatch.ingest.items import BadFile, Item, Kind, Portion, Take
from allywatch.ingest.journal import Journal
from allywatch.ingest.limits import Limited, Readable
from allywatch.ingest.rows import Rows
from allywatch.ingest.stopping import Stopping
from allywatch_schemas.topics import DIPLOMATIC_EVENTS, NEWS_ARTICLES

MAX_UNPACKED_BYTES = 8 * 1024**3
"""Of one file. What unpacks to more is taken for a bomb."""

_EVENTS = frozenset({Kind.GDELT, Kind.ICEWS})
_UNREADABLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Origin:
    """A byte stream and where it comes from."""

    stream: BinaryIO
    name: str
    modified: datetime
    """The date of what has none."""


Reader = Callable[[Origin], Iterator[Item]]

READERS: Mapping[Kind, Reader] = {
    Kind.GDELT: lambda origin: gdelt.items(Rows(origin.stream, origin.name)),
    Kind.ICEWS: lambda origin: icews.items(Rows(origin.stream, origin.name)),
    Kind.RSS: lambda origin: rss.file_items(origin.stream, origin.name, origin.modified),
    Kind.JSONL: lambda origin: jsonl.items(Rows(origin.stream, origin.name)),
    Kind.NINJS: lambda origin: ninjs.items(Rows(origin.stream, origin.name)),
}

SUFFIXES: Mapping[Kind, tuple[str, ...]] = {
    Kind.GDELT: (".export.csv", ".csv"),
    Kind.ICEWS: (".tab", ".tsv"),
    Kind.RSS: (".xml", ".rss", ".atom", ".rdf"),
    Kind.JSONL: (".jsonl", ".ndjson"),
    Kind.NINJS: (".json", ".ninjs"),
}
"""Of the files that are taken from a folder, before `.gz` or `.zip`, in any case."""


def topic_of(kind: Kind) -> str:
    """The topic for which the items of a kind are meant."""
    return (DIPLOMATIC_EVENTS if kind in _EVENTS else NEWS_ARTICLES).name


class Files:
    """Some files of one kind, in order, resumed where an earlier run was interrupted.

    A run that reaches the end forgets its files again: who asks once more for a file wants it read
    once more, which is harmless.
    """

    def __init__(self, paths: Sequence[Path], kind: Kind, journal: Journal, stopping: Stopping) -> None:
        self._paths = paths
        self._kind = kind
        self._journal = journal
        self._stopping = stopping

    async def deliver(self, take: Take) -> None:
        """Hand over every file.

        Raises:
            BadFile: Some of them could not be read; the others were delivered.
        """
        bad: list[str] = []
        for path in self._paths:
            if self._stopping.requested:
                return
            try:
                with portion(path, self._kind, self._journal) as found:
                    if found is not None:
                        await take(found)
            except BadFile as exc:
                bad.append(str(exc))
        if self._stopping.requested:
            return
        self._journal.forget_files(self._paths)
        self._journal.save()
        if bad:
            raise BadFile("\n".join(bad))


@contextmanager
def portion(path: Path, kind: Kind, journal: Journal) -> Iterator[Portion | None]:
    """A file as a portion that notes its position in the journal; None if it was taken in before.

    Raises:
        BadFile: It is not there, not of that kind, or damaged.
    """
    try:
        stat = path.stat()
        file = path.open("rb")
    except OSError as exc:
        raise BadFile(f"{path}: {exc.strerror}. Check the path and its permissions.") from None
    with file:
        position = journal.file(path, stat)
        if position.whole:
            yield None
            return
        origin = Origin(unpacked(file, path.name), path.name, datetime.fromtimestamp(stat.st_mtime, UTC))
        yield Portion(
            name=path.name,
            kind=kind,
            topic=topic_of(kind),
            items=_guarded(READERS[kind], origin),
            commit=lambda number, whole: journal.note_file(
                path, position.model_copy(update={"number": number, "whole": whole})
            ),
            resume_after=position.number,
            size=stat.st_size,
            progress=file.tell,
        )


def _guarded(read: Reader, origin: Origin) -> Iterator[Item]:
    """The items of a file; whatever goes wrong with the file as a whole is a BadFile."""
    try:
        yield from read(origin)
    except _UNREADABLE as exc:
        raise BadFile(
            f"{origin.name}: cannot be read (further): {exc}. Fetch it again; what was read is kept."
        ) from None


def unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The content of a plain, gzip or zip file, bounded.

    Raises:
        BadFile: It is empty, not a sound zip file, or while reading: it unpacks to too much.
    """
    head = file.read(4)
    file.seek(0)
    if head[:2] == b"\x1f\x8b":
        return _limited(gzip.open(file), name)
    if head == b"PK\x03\x04":
        return _limited(_only_member(file, name), name)
    if not head:
        raise BadFile(f"{name}: is empty. Fetch it again.")
    return file


def _limited(stream: Readable, name: str) -> BinaryIO:
    return io.BufferedReader(Limited(stream, name, MAX_UNPACKED_BYTES), 1 << 17)


def _only_member(file: BinaryIO, name: str) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(file)
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) != 1:
            raise BadFile(
                f"{name}: holds {len(members)} files, one is expected. Unpack it and give the folder."
            )
        return archive.open(members[0])
    except (*_UNREADABLE, RuntimeError) as exc:  # RuntimeError: encrypted
        raise BadFile(f"{name}: not a sound zip file: {exc}. Fetch it again.") from None


def expand(path: Path, kind: Kind) -> list[Path]:
    """The files that `path` means: itself, or those in the folder that look like that kind, by name.

    Raises:
        BadFile: There are none.
    """
    if not path.is_dir():
        return [path]
    wanted = SUFFIXES[kind]
    found = sorted(p for p in path.rglob("*") if p.is_file() and bare_name(p).endswith(wanted))
    if not found:
        raise BadFile(
            f"{path}: no {kind} files in this folder. Their names end in "
            f"{', '.join(wanted)}, plain, .gz or .zip."
        )
    return found


def bare_name(path: Path) -> str:
    """The name in lower case without the ending of a packed file."""
    return path.name.casefold().removesuffix(".gz").removesuffix(".zip")


def recognise(path: Path) -> Kind:
    """What kind of file it is, by its content.

    Raises:
        BadFile: None that we know.
    """
    try:
        with path.open("rb") as file:
            head = unpacked(file, path.name).read(65_536).removeprefix(b"\xef\xbb\xbf").lstrip()
    except _UNREADABLE as exc:
        raise BadFile(f"{path}: cannot be read: {exc}. Fetch it again.") from None
    first = head.partition(b"\n")[0].rstrip(b"\r")
    if head.startswith(b"<"):
        return Kind.RSS
    if first.count(b"\t") == gdelt.COLUMNS - 1:
        return Kind.GDELT
    if first == "\t".join(icews.FOUR_COLUMNS).encode() or first.startswith(b"Event ID\t"):
        return Kind.ICEWS
    if head[:1] in (b"{", b"["):
        return Kind.NINJS if head.startswith(b"[") or b'"uri"' in first + head[:4096] else Kind.JSONL
    raise BadFile(
        f"{path}: of no known kind. Give a GDELT 2 export, an ICEWS file, a feed, JSON Lines or ninjs."
    )
