"""How two owners of one partition take turns: nobody is starved for long."""

import asyncio

from memory_log import MemoryLog
from owner_lab import FAST, MIXED, Lab


class SlowLog(MemoryLog):
    """To acquire takes eight times as long as a fenced owner waits at least."""

    async def topic_id(self, topic: str) -> str:
        await asyncio.sleep(8 * FAST.fence_wait)
        return await super().topic_id(topic)


async def test_rivals_that_acquire_slowly_leave_each_other_the_time_to_commit() -> None:
    lab = Lab(log=SlowLog())
    lab.fill(MIXED)
    rivals = [lab.owner(), lab.owner()]
    for owner in rivals:
        owner.start()
        await asyncio.sleep(4 * FAST.fence_wait)
    await lab.settle()
    await asyncio.gather(*(owner.release() for owner in rivals))
    lab.verify()
    assert lab.watcher.fenced_times < 10
