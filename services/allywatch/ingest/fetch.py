"""HTTP, politely: one request at a time per host, conditional, bounded in time and size, with repeats."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx
import stamina

from allywatch import __version__
from allywatch.errors import RetryLater
from allywatch.metrics.ingest import FetchOutcome

USER_AGENT = f"allywatch/{__version__} (news and event monitor; feed reader)"
MAX_FEED_BYTES = 5 * 1024 * 1024
_TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Manners:
    """How to behave."""

    connect_seconds: float = 5.0
    read_seconds: float = 15.0
    """Between two pieces of an answer."""
    total_seconds: float = 60.0
    """For one request, so that a slow trickle ends too."""
    max_redirects: int = 5
    attempts: int = 4
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 60.0
    """A server that asks for more (`Retry-After`) is left alone until its next turn."""
    host_pause_seconds: float = 1.0
    """Between two requests to one host."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    body: bytes | None
    """None: as before (304)."""
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None


class FetchFailed(RetryLater):
    """A request failed for good, or after all repeats."""

    def __init__(
        self,
        url: str,
        outcome: FetchOutcome,
        detail: str,
        *,
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{url}: {outcome.value}: {detail}. It is tried again at its next turn.")
        self.outcome = outcome
        self.transient = transient
        """Whether the same request may succeed in a moment."""
        self.retry_after = retry_after
        """Seconds for which the server asks to be left alone."""


class Fetcher:
    """Fetches; an async context manager."""

    def __init__(
        self,
        count: Callable[[FetchOutcome], None],
        manners: Manners = Manners(),
    ) -> None:
        self._count = count
        self._manners = manners
        self._hosts: dict[str, asyncio.Lock] = {}
        self._answered: dict[str, float] = {}
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(manners.read_seconds, connect=manners.connect_seconds),
            follow_redirects=True,
            max_redirects=manners.max_redirects,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
        )

    async def __aenter__(self) -> Self:
        """Open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_FEED_BYTES,
    ) -> Answer:
        """Fetch, repeating what may pass.

        Args:
            url: http or https.
            etag: Of the last answer.
            last_modified: Likewise.
            headers: More of them.
            max_bytes: Of the unpacked body.

        Raises:
            FetchFailed: With the outcome of the last attempt.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        wanted = {name: value for name, value in conditions.items() if value} | dict(headers or {})
        async for attempt in stamina.retry_context(
            on=self._wait_before_repeat,
            attempts=self._manners.attempts,
            timeout=None,
            wait_initial=self._manners.first_wait_seconds,
            wait_max=self._manners.longest_wait_seconds,
        ):
            with attempt:
                return await self._one_at_a_time(url, wanted, max_bytes)
        raise AssertionError("stamina returns or raises")

    def _wait_before_repeat(self, exc: Exception) -> bool | float:
        if not isinstance(exc, FetchFailed) or not exc.transient:
            return False
        if exc.retry_after is None:
            return True
        return exc.retry_after if exc.retry_after <= self._manners.longest_wait_seconds else False

    async def _one_at_a_time(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Answer:
        host = urlsplit(url).netloc
        async with self._hosts.setdefault(host, asyncio.Lock()):
            ready_at = self._answered.get(host, 0.0) + self._manners.host_pause_seconds
            await asyncio.sleep(max(0.0, ready_at - time.monotonic()))
            try:
                answer = await self._request(url, headers, max_bytes)
            except FetchFailed as exc:
                self._count(exc.outcome)
                raise
            finally:
                self._answered[host] = time.monotonic()
            self._count(FetchOutcome.NOT_MODIFIED if answer.body is None else FetchOutcome.OK)
            return answer

    async def _request(self, url: str, headers: Mapping[str, str], max_bytes: int) -> Answer:
        try:
            async with asyncio.timeout(self._manners.total_seconds):
                async with self._client.stream("GET", url, headers=dict(headers)) as response:
                    return await _answer(url, response, max_bytes)
        except (TimeoutError, httpx.TimeoutException):
            raise FetchFailed(url, FetchOutcome.TIMEOUT, "no answer in time", transient=True) from None
        except httpx.TooManyRedirects:
            detail = f"more than {self._manners.max_redirects}"
            raise FetchFailed(url, FetchOutcome.TOO_MANY_REDIRECTS, detail) from None
        except (httpx.DecodingError, httpx.UnsupportedProtocol, httpx.InvalidURL) as exc:
            raise FetchFailed(url, FetchOutcome.BAD_CONTENT, str(exc)) from None
        except httpx.HTTPError as exc:
            detail = f"{type(exc).__name__} {exc}".strip()
            raise FetchFailed(url, FetchOutcome.CONNECTION_FAILED, detail, transient=True) from None


async def _answer(url: str, response: httpx.Response, max_bytes: int) -> Answer:
    headers = response.headers
    etag, last_modified = headers.get("etag"), headers.get("last-modified")
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return Answer(None, etag=etag, last_modified=last_modified)
    if response.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
        raise FetchFailed(
            url,
            FetchOutcome.HTTP_ERROR,
            f"status {response.status_code}",
            transient=response.status_code in _TRANSIENT_STATUS,
            retry_after=_seconds(headers.get("retry-after")),
        )
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > max_bytes:
            raise FetchFailed(url, FetchOutcome.TOO_LARGE, f"more than {max_bytes} bytes")
    return Answer(bytes(body), headers.get("content-type", ""), etag, last_modified)


def _seconds(retry_after: str | None) -> float | None:
    """How long a server asks us to wait: seconds, or a date (RFC 9110, 10.2.3)."""
    if not retry_after:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
