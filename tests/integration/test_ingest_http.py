"""Feeds and live exports over real HTTP on loopback; no Kafka."""

import asyncio
import gzip
import io
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path

import pytest

from allywatch.ingest.feeds import Feed
from allywatch.ingest.fetch import Answer, Fetcher, FetchFailed, Manners
from allywatch.ingest.gdelt_live import LiveExports, exports_in
from allywatch.ingest.items import BadFile, Item, Portion
from allywatch.ingest.journal import Journal
from allywatch.ingest.polling import FeedPolling
from allywatch.ingest.stopping import Stopping
from allywatch.metrics.ingest import FetchOutcome

from .http_script import Asked, Reply, ScriptedServer, scripted_server

QUICK = Manners(
    connect_seconds=1,
    read_seconds=0.3,
    total_seconds=1.5,
    attempts=3,
    first_wait_seconds=0.01,
    longest_wait_seconds=1.5,
    host_pause_seconds=0.0,
)


def a_feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><guid>https://herald.example/{title}</guid><title>{title}</title>"
        f"<description>Exercise.</description></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>Herald</title>{items}</channel></rss>'.encode()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


async def get(
    url: str, manners: Manners = QUICK, max_bytes: int = 100_000, etag: str | None = None
) -> tuple[Answer | FetchFailed, list[FetchOutcome]]:
    outcomes: list[FetchOutcome] = []
    async with Fetcher(outcomes.append, manners) as fetcher:
        try:
            return await fetcher.get(url, etag=etag, max_bytes=max_bytes), outcomes
        except FetchFailed as exc:
            return exc, outcomes


async def test_a_conditional_request_that_finds_nothing_new(server: ScriptedServer) -> None:
    url = server.on("/rss", Reply(304))
    answer, outcomes = await get(url, etag='"7"')

    assert isinstance(answer, Answer)
    assert answer.body is None
    assert outcomes == [FetchOutcome.NOT_MODIFIED]
    assert server.asked[0].headers["If-None-Match"] == '"7"'
    assert "allywatch/" in server.asked[0].headers["User-Agent"]


async def test_a_server_that_stumbles_is_asked_again(server: ScriptedServer) -> None:
    answer, outcomes = await get(server.on("/rss", Reply(500), Reply(200, b"fine")))

    assert isinstance(answer, Answer)
    assert answer.body == b"fine"
    assert outcomes == [FetchOutcome.HTTP_ERROR, FetchOutcome.OK]


async def test_retry_after_is_respected(server: ScriptedServer) -> None:
    url = server.on("/rss", Reply(429, headers={"Retry-After": "1"}), Reply(200, b"fine"))
    await get(url)

    assert server.asked[1].at - server.asked[0].at >= 1.0


async def test_a_server_that_wants_long_rest_gets_it(server: ScriptedServer) -> None:
    answer, outcomes = await get(server.on("/rss", Reply(503, headers={"Retry-After": "3600"})))

    assert isinstance(answer, FetchFailed)
    assert answer.retry_after == 3600
    assert len(outcomes) == 1


async def test_gone_is_not_asked_again(server: ScriptedServer) -> None:
    answer, outcomes = await get(server.on("/rss", Reply(410)))

    assert isinstance(answer, FetchFailed)
    assert outcomes == [FetchOutcome.HTTP_ERROR]


@pytest.mark.parametrize(
    ("reply", "outcome", "attempts"),
    [
        (Reply(200, b"late", delay=0.8), FetchOutcome.TIMEOUT, 3),
        (Reply(200, b"x" * 200_000), FetchOutcome.TOO_LARGE, 1),
        (
            Reply(200, gzip.compress(b"x" * 9_000_000), {"Content-Encoding": "gzip"}),
            FetchOutcome.TOO_LARGE,
            1,
        ),
        (Reply(200, b"not gzip", {"Content-Encoding": "gzip"}), FetchOutcome.BAD_CONTENT, 1),
        (Reply(302, headers={"Location": "/rss"}), FetchOutcome.TOO_MANY_REDIRECTS, 1),
        (Reply(302, headers={"Location": "file:///etc/passwd"}), FetchOutcome.BAD_CONTENT, 1),
        (Reply(200, b"half", cut=2), FetchOutcome.CONNECTION_FAILED, 3),
    ],
)
async def test_what_can_go_wrong_has_a_name(
    server: ScriptedServer, reply: Reply, outcome: FetchOutcome, attempts: int
) -> None:
    answer, outcomes = await get(server.on("/rss", reply))

    assert isinstance(answer, FetchFailed)
    assert outcomes == [outcome] * attempts


async def test_nobody_there_is_a_failed_connection() -> None:
    answer, outcomes = await get("http://127.0.0.1:9/rss")

    assert isinstance(answer, FetchFailed)
    assert outcomes == [FetchOutcome.CONNECTION_FAILED] * 3


async def test_gzip_and_redirects_are_followed(server: ScriptedServer) -> None:
    server.on("/new", Reply(200, gzip.compress(b"fine"), {"Content-Encoding": "gzip", "ETag": '"8"'}))
    answer, _ = await get(server.on("/rss", Reply(301, headers={"Location": "/new"})))

    assert isinstance(answer, Answer)
    assert (answer.body, answer.etag) == (b"fine", '"8"')


async def test_one_request_at_a_time_per_host_with_a_pause(server: ScriptedServer) -> None:
    urls = [server.on(f"/{n}", Reply(200, b"fine", delay=0.05)) for n in range(4)]
    manners = Manners(host_pause_seconds=0.1)
    async with Fetcher(lambda outcome: None, manners) as fetcher:
        await asyncio.gather(*(fetcher.get(url) for url in urls))

    starts = [asked.at for asked in server.asked]
    assert max(asked.open_requests for asked in server.asked) == 1
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(starts))


@dataclass
class Taken:
    """A taker that acknowledges everything."""

    stopping: Stopping
    stop_after: int
    items: list[Item] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    async def __call__(self, portion: Portion) -> None:
        found = list(portion.items)
        for item in found:
            item.read()
        self.items += found
        self.names.append(portion.name)
        portion.commit(found[-1].number if found else 0, True)
        if len(self.names) >= self.stop_after:
            self.stopping.request()


async def poll(feeds: list[Feed], journal: Journal) -> Taken:
    stopping = Stopping()
    taken = Taken(stopping, 99)
    async with Fetcher(lambda outcome: None, QUICK) as fetcher:
        await FeedPolling(feeds, fetcher, journal, stopping, once=True).deliver(taken)
    return taken


async def test_a_feed_is_polled_and_asked_conditionally_next_time(server: ScriptedServer) -> None:
    url = server.on("/rss", Reply(200, a_feed("one", "two"), {"ETag": '"1"'}), Reply(304))
    feed = Feed(id="herald", url=url, source="Herald")
    journal = Journal(None)

    assert len((await poll([feed], journal)).items) == 2
    assert (await poll([feed], journal)).items == []
    assert server.asked[1].headers["If-None-Match"] == '"1"'


async def test_one_bad_feed_does_not_stop_the_others(server: ScriptedServer) -> None:
    feeds = [
        Feed(id="down", url=server.on("/down", Reply(500)), source="Down"),
        Feed(id="page", url=server.on("/page", Reply(200, b"<html>Sorry</html>")), source="Page"),
        Feed(id="herald", url=server.on("/rss", Reply(200, a_feed("one"))), source="Herald"),
    ]

    assert (await poll(feeds, Journal(None))).names == ["herald"]


async def test_when_no_feed_answers_that_is_an_error(server: ScriptedServer) -> None:
    with pytest.raises(BadFile, match="no feed answered"):
        await poll([Feed(id="down", url=server.on("/down", Reply(404)), source="Down")], Journal(None))


def an_export(number: int) -> bytes:
    row = [""] * 61
    row[0], row[1], row[26], row[31], row[59] = str(number), "20260302", "138", "1", "20260302120000"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.export.CSV", "\t".join(row) + "\n")
    return buffer.getvalue()


class Exports:
    """GDELT's server: some exports, its list of the newest, and its list of all."""

    def __init__(self, server: ScriptedServer, *stamps: str) -> None:
        self.server = server
        self.lines = {}
        for stamp in stamps:
            body = an_export(int(stamp))
            url = server.on(f"/{stamp}.export.CSV.zip", Reply(200, body))
            self.lines[stamp] = f"{len(body)} {md5(body, usedforsecurity=False).hexdigest()} {url}\n"
        self.newest(stamps[-1])
        server.on("/masterfilelist.txt", self._tail)

    def newest(self, stamp: str) -> None:
        other = self.lines[stamp].replace(".export.CSV.zip", ".gkg.csv.zip")
        self.server.on("/lastupdate.txt", Reply(200, (self.lines[stamp] + other).encode()))

    def _tail(self, asked: Asked) -> Reply:
        wanted = int(asked.headers["Range"].removeprefix("bytes=-"))
        return Reply(206, "".join(self.lines.values()).encode()[-wanted:])


async def follow(server: ScriptedServer, journal: Journal, portions: int) -> Taken:
    stopping = Stopping()
    taken = Taken(stopping, portions)
    async with Fetcher(lambda outcome: None, QUICK) as fetcher:
        live = LiveExports(
            fetcher,
            journal,
            stopping,
            base_url=server.url,
            poll_seconds=0.01,
            clock=lambda: datetime(2026, 3, 2, 20, tzinfo=UTC),
        )
        async with asyncio.timeout(20):
            await live.deliver(taken)
    return taken


STAMPS = ("20260302120000", "20260302121500", "20260302123000", "20260302124500")


async def test_live_exports_begin_at_the_newest_and_catch_up_after_a_gap(
    server: ScriptedServer, tmp_path: Path
) -> None:
    exports = Exports(server, *STAMPS)
    exports.newest(STAMPS[0])
    with Journal(tmp_path / "live.json") as journal:
        first = await follow(server, journal, 1)
        journal.save()
    exports.newest(STAMPS[3])
    with Journal(tmp_path / "live.json") as journal:
        then = await follow(server, journal, 3)

    assert [*first.names, *then.names] == [f"{stamp}.export.CSV.zip" for stamp in STAMPS]


async def test_an_export_that_does_not_match_its_sum_is_fetched_again(server: ScriptedServer) -> None:
    Exports(server, STAMPS[0])
    good = an_export(int(STAMPS[0]))
    server.on(f"/{STAMPS[0]}.export.CSV.zip", Reply(200, good[:-1] + b"?"), Reply(200, good))
    journal = Journal(None)

    taken = await follow(server, journal, 1)

    assert len(taken.items) == 1
    assert journal.gdelt_export == STAMPS[0]


async def test_an_export_that_stays_broken_is_left_out_and_the_next_one_comes(server: ScriptedServer) -> None:
    exports = Exports(server, *STAMPS[:2])
    server.on(f"/{STAMPS[0]}.export.CSV.zip", Reply(404))
    server.on(
        "/lastupdate.txt",
        *[Reply(200, exports.lines[STAMPS[0]].encode())] * 5,
        Reply(200, exports.lines[STAMPS[1]].encode()),
    )

    assert (await follow(server, Journal(None), 1)).names == [f"{STAMPS[1]}.export.CSV.zip"]


def test_only_event_exports_of_the_list_are_ours() -> None:
    text = "1 a http://x/20260302120000.export.CSV.zip\n2 b http://x/20260302120000.gkg.csv.zip\nrubbish\n"
    text += "3 c file:///20260302121500.export.CSV.zip\n4 d http://x/../../etc.export.CSV.zip\n"

    assert [export.stamp for export in exports_in(text)] == ["20260302120000"]
