"""Waiting for a broker that is not up yet, and for topics that are not there yet."""

import asyncio
from collections.abc import Callable, Mapping

import structlog

from allywatch.errors import AllywatchError, StopWorker
from allywatch.stream.patience import ANSWER_SECONDS, in_own_thread, within

_log = structlog.get_logger(__name__)


async def wait_for_topics(
    ask: Callable[[], Mapping[str, str]], pause_seconds: float = 1.0
) -> Mapping[str, str]:
    """Ask until it answers; each new reason for waiting is one line in the log.

    Args:
        ask: Blocking; the ids of the topics, or `AllywatchError` with what is missing. Run in a thread.
        pause_seconds: Between two questions.

    Returns:
        What it answered.

    Raises:
        StopWorker: Waiting cannot help.
    """
    said = ""
    while True:
        try:
            async with within(ANSWER_SECONDS, "asking for topics"):
                return await in_own_thread(ask)
        except StopWorker:
            raise
        except (AllywatchError, TimeoutError) as exc:
            if str(exc) != said:
                said = str(exc)
                _log.warning("waiting for Kafka", reason=said)
        await asyncio.sleep(pause_seconds)
