"""How long an answer may take. What is asked of the log either answers, or fails and says what did not.

An owner that waits without limit is worse than one that fails: nobody else is told, and nothing tries again.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import aclosing, asynccontextmanager
from typing import TypeVar

from allywatch.records import Record
from allywatch.stream.log import LogReader

T = TypeVar("T")

ANSWER_SECONDS = 30.0
"""Longer than the clients' own limits for one request: those say more when they fail."""


@asynccontextmanager
async def within(seconds: float, what: str) -> AsyncIterator[None]:
    """Bound what is awaited inside.

    Raises:
        TimeoutError: `what` took longer.
        ConnectionAbortedError: It ended by a cancellation that nobody asked this task for. aiokafka awaits
            tasks that it cancelled itself; passed on, that would end the waiting task without a word.
    """
    task = asyncio.current_task()
    assert task is not None
    asked = task.cancelling()
    try:
        async with asyncio.timeout(seconds) as limit:
            yield
    except TimeoutError as exc:
        if not limit.expired():
            raise
        raise TimeoutError(f"{what} took more than {seconds:g} s") from exc
    except asyncio.CancelledError as exc:
        if task.cancelling() > asked:
            raise
        raise ConnectionAbortedError(f"{what} was cancelled by the client itself") from exc


async def in_own_thread(question: Callable[[], T]) -> T:
    """Put a blocking question in a daemon thread of its own.

    A thread of asyncio's pool that never comes back is lost to everybody else, a handful of them stop
    the process, and it cannot end. kafka-python waits for its own threads without limit.
    """
    answer: Future[T] = Future()
    answer.set_running_or_notify_cancel()  # whoever stops waiting does not stop the thread
    threading.Thread(target=_answer, args=(question, answer), daemon=True).start()
    return await asyncio.wrap_future(answer)


def _answer(question: Callable[[], T], answer: "Future[T]") -> None:
    try:
        answer.set_result(question())
    except BaseException as exc:
        answer.set_exception(exc)


class PatientReader:
    """A reader whose every answer comes within `seconds`, or fails: see `within`."""

    def __init__(self, reader: LogReader, seconds: float) -> None:
        self._reader = reader
        self._seconds = seconds

    async def start(self) -> None:
        """Connect; whoever connects knows how long that may take."""
        await self._reader.start()

    async def stop(self) -> None:
        """Disconnect; likewise."""
        await self._reader.stop()

    async def begin(self, topic: str) -> int:
        """See `LogReader.begin`."""
        async with within(self._seconds, f"asking where {topic} begins"):
            return await self._reader.begin(topic)

    async def end(self, topic: str) -> int:
        """See `LogReader.end`."""
        async with within(self._seconds, f"asking where {topic} ends"):
            return await self._reader.end(topic)

    async def read(
        self, topic: str, start: int, end: int
    ) -> AsyncGenerator[tuple[Sequence[Record], int], None]:
        """See `LogReader.read`; the limit is for each piece, not for the whole."""
        async with aclosing(self._reader.read(topic, start, end)) as pieces:
            while True:
                async with within(self._seconds, f"reading {topic}"):
                    piece = await anext(pieces, None)
                if piece is None:
                    return
                yield piece
