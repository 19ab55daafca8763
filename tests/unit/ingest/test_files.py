import asyncio
import gzip
import os
import zipfile
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from allywatch.ingest import files
from allywatch.ingest.files import Files, expand, recognise
from allywatch.ingest.intake import Intake, Terms
from allywatch.ingest.items import BadFile, Kind
from allywatch.ingest.journal import Journal
from allywatch.ingest.stopping import Stopping
from allywatch.ingest.watch import DropFolder
from allywatch.metrics.ingest import IngestMetrics

from .exports import RAW_HEADER, a_feed, a_gdelt_row, a_ninjs, an_item
from .sinks import ListSink

ROWS = b"\n".join(a_gdelt_row(id=str(n)) for n in range(1000)) + b"\n"


def deliver(paths: list[Path], journal: Journal, terms: Terms | None = None) -> ListSink:
    async def run() -> ListSink:
        sink, stopping = ListSink(), Stopping()
        intake = Intake(sink, journal, IngestMetrics.on(CollectorRegistry()), stopping, terms or Terms())
        await Files(paths, Kind.GDELT, journal, stopping).deliver(intake.take)
        return sink

    return asyncio.run(run())


def a_zip(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def a_gzip(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content))
    return path


def test_plain_gzip_and_zip_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.export.CSV").write_bytes(ROWS)
    a_gzip(tmp_path / "b.export.CSV.gz", ROWS)
    a_zip(tmp_path / "c.export.CSV.zip", inner=ROWS)

    sinks = [deliver([path], Journal(None)) for path in expand(tmp_path, Kind.GDELT)]

    assert len(sinks) == 3
    assert [[r.key for r in sink.records] for sink in sinks] == [
        [f"gdelt:{n}".encode() for n in range(1000)]
    ] * 3


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = a_gzip(tmp_path / "a.export.CSV.gz", ROWS)
    with Journal(tmp_path / "state.json") as journal:
        first = deliver([path], journal, Terms(limit=300))
    with Journal(tmp_path / "state.json") as journal:
        second = deliver([path], journal)

    assert [r.key for r in first.records + second.records] == [f"gdelt:{n}".encode() for n in range(1000)]


def test_a_finished_run_can_be_asked_for_again(tmp_path: Path) -> None:
    path = a_gzip(tmp_path / "a.export.CSV.gz", ROWS)
    with Journal(tmp_path / "state.json") as journal:
        first, second = deliver([path], journal), deliver([path], journal)

    assert [r.key for r in first.records] == [r.key for r in second.records]


def test_a_file_that_changed_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "a.export.CSV"
    path.write_bytes(ROWS)
    journal = Journal(None)
    deliver([path], journal, Terms(limit=300))
    path.write_bytes(ROWS + a_gdelt_row(id="9999"))

    assert len(deliver([path], journal).records) == 1001


def test_a_bad_file_is_an_error_after_the_others_were_taken_in(tmp_path: Path) -> None:
    good, bad = tmp_path / "b.export.CSV", tmp_path / "a.export.CSV"
    good.write_bytes(ROWS)
    bad.write_bytes(b"this,is,not,it\n")
    with pytest.raises(BadFile, match=r"a\.export\.CSV: not a GDELT 2 event export"):
        deliver([bad, good], Journal(None))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("empty.export.CSV", b"", "is empty"),
        ("torn.export.CSV.gz", gzip.compress(ROWS)[:-200], "cannot be read"),
        ("noise.export.CSV.gz", b"\x1f\x8b" + b"noise" * 9, "cannot be read"),
        ("noise.export.CSV.zip", b"PK\x03\x04" + b"noise" * 9, "not a sound zip"),
    ],
)
def test_a_damaged_file_is_an_error_that_says_why(
    tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=why):
        deliver([tmp_path / name], Journal(None))


def test_what_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_UNPACKED_BYTES", 100_000)
    for path in (a_gzip(tmp_path / "a.gz", ROWS * 5), a_zip(tmp_path / "b.zip", inner=ROWS * 5)):
        with pytest.raises(BadFile, match="unpacks to more than"):
            deliver([path], Journal(None))


def test_a_zip_of_several_files_is_refused_and_none_is_written(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "a.zip", **{"../escaped": ROWS, "b": ROWS})
    with pytest.raises(BadFile, match="holds 2 files"):
        deliver([path], Journal(None))
    assert [p.name for p in tmp_path.parent.rglob("escaped")] == []


def test_a_folder_without_such_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no gdelt files"):
        expand(tmp_path, Kind.GDELT)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ROWS, Kind.GDELT),
        (RAW_HEADER.encode() + b"\n", Kind.ICEWS),
        (b"source\trelation\ttarget\tdate\r\n", Kind.ICEWS),
        (a_feed(an_item()), Kind.RSS),
        (b'\xef\xbb\xbf{"title": "a"}\n', Kind.JSONL),
        (a_ninjs(), Kind.NINJS),
        (b"[]", Kind.NINJS),
    ],
)
def test_a_kind_is_recognised_by_its_content(tmp_path: Path, content: bytes, kind: Kind) -> None:
    (tmp_path / "plain").write_bytes(content)

    assert recognise(tmp_path / "plain") is kind
    assert recognise(a_gzip(tmp_path / "packed", content)) is kind


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\x89PNG")
    with pytest.raises(BadFile, match="of no known kind"):
        recognise(tmp_path / "a")


def watch(folder: Path, journal: Journal, now: float, expected: int) -> ListSink:
    """Watch until that much was taken in, and a little longer."""

    async def run() -> ListSink:
        sink, stopping = ListSink(), Stopping()
        intake = Intake(sink, journal, IngestMetrics.on(CollectorRegistry()), stopping, Terms())
        drop = DropFolder(folder, journal, stopping, poll_seconds=0.001, clock=lambda: now)
        task = asyncio.create_task(drop.deliver(intake.take))
        async with asyncio.timeout(20):
            while sink.acknowledged < expected:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        stopping.request()
        await task
        return sink

    return asyncio.run(run())


def test_a_drop_folder_takes_each_settled_file_once(tmp_path: Path) -> None:
    now = 1_800_000_000.0
    for name, content, age in (
        ("events.csv", ROWS, 60),
        ("news.xml", a_feed(an_item()), 60),
        ("growing.csv", ROWS, 0.5),
        ("half.csv.part", ROWS, 60),
        (".hidden.csv", ROWS, 60),
        ("picture.png", b"\x89PNG", 60),
    ):
        (tmp_path / name).write_bytes(content)
        os.utime(tmp_path / name, (now - age, now - age))
    (tmp_path / "link.csv").symlink_to(tmp_path / "events.csv")
    journal = Journal(None)

    first, second = watch(tmp_path, journal, now, 1001), watch(tmp_path, journal, now, 0)
    later = watch(tmp_path, journal, now + 10, 1000)

    assert len(first.records) == 1001
    assert second.records == []
    assert len(later.records) == 1000  # what was growing has settled
    assert len(list(tmp_path.iterdir())) == 7  # nothing is moved or removed
