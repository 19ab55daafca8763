"""A request to stop, and waiting that ends with it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Stopping:
    """Set once, by a signal, by a limit, or by a failure; everything that waits notices."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def request(self) -> None:
        """Stop, please."""
        self._event.set()

    @property
    def requested(self) -> bool:
        """Whether to stop."""
        return self._event.is_set()

    async def sleep(self, seconds: float) -> None:
        """Wait, but not beyond a request to stop."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return

    async def until_or_done(self, task: asyncio.Future[Any]) -> None:
        """Wait for the request to stop, or for `task` to be done, whichever is first."""
        stop = asyncio.ensure_future(self._event.wait())
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()

    async def race(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of `work`, or None when the request to stop came first; the work is then cancelled."""
        if self.requested:
            work.close()
            return None
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for waiting in (task, stop):
                if not waiting.done():
                    waiting.cancel()
                    await asyncio.gather(waiting, return_exceptions=True)
