"""Limits of waiting, and questions that never come back."""

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest

from allywatch.stream.patience import in_own_thread, within

POOL = min(32, (os.cpu_count() or 1) + 4)
"""Threads of asyncio's own pool."""


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Not set until the test is over."""
    event = threading.Event()
    yield event
    event.set()


async def test_what_takes_too_long_says_what_it_was() -> None:
    with pytest.raises(TimeoutError, match=r"the answer took more than 0\.01 s"):
        async with within(0.01, "the answer"):
            await asyncio.Event().wait()


async def test_a_timeout_from_inside_keeps_its_own_words() -> None:
    with pytest.raises(TimeoutError, match="no progress"):
        async with within(10, "the answer"):
            raise TimeoutError("no progress")


async def test_a_cancellation_that_was_asked_for_is_passed_on() -> None:
    async def wait() -> None:
        async with within(10, "the answer"):
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_that_nobody_asked_for_is_a_failure() -> None:
    other = asyncio.create_task(asyncio.sleep(10))
    other.cancel()
    with pytest.raises(ConnectionAbortedError, match="the answer was cancelled by the client itself"):
        async with within(10, "the answer"):
            await other


async def test_questions_that_never_come_back_leave_others_their_threads(never: threading.Event) -> None:
    for _ in range(POOL + 1):
        with pytest.raises(TimeoutError):
            async with within(0.01, "a question"):
                await in_own_thread(never.wait)
    async with asyncio.timeout(5):
        assert await in_own_thread(lambda: "answer") == "answer"
        assert await asyncio.to_thread(lambda: "pooled") == "pooled"


async def test_what_a_question_raises_is_raised() -> None:
    def question() -> None:
        raise ValueError("no such topic")

    with pytest.raises(ValueError, match="no such topic"):
        await in_own_thread(question)


def test_a_question_that_comes_back_after_the_loop_ended_harms_nobody(never: threading.Event) -> None:
    async def ask() -> None:
        async with within(0.01, "a question"):
            await in_own_thread(never.wait)

    with pytest.raises(TimeoutError):
        asyncio.run(ask())
    never.set()
    for thread in threading.enumerate():
        if thread.daemon and thread.name.startswith("Thread-"):
            thread.join(1)
