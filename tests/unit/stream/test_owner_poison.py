"""The owner and what it cannot use: one record, one state, or the whole process is at stake."""

import asyncio

import pytest

from allywatch.errors import RejectReason
from allywatch.stream.position import ATTEMPT_KEY, Attempt, decode_attempt
from owner_lab import MIXED, SOURCE, STATE, Lab, P
from tally import KEYS, TallyApplication


async def test_poison_goes_to_the_dead_letters_with_its_original_bytes_and_headers() -> None:
    lab = Lab()
    lab.log.append(SOURCE, P, b"rubb\xff", b"key", (("ce_type", b"x"),))
    await lab.run()
    (letter,) = lab.log.committed(f"{SOURCE}-dlq", P)
    assert (letter.key, letter.value) == (b"key", b"rubb\xff")
    assert dict(letter.headers)["ce_type"] == b"x"
    assert dict(letter.headers)["allywatch-worker"] == b"tester"


async def test_a_rejected_share_of_a_broadcast_leaves_the_rest_applied() -> None:
    lab = Lab()
    lab.fill(["share B"])
    await lab.run()
    lab.verify()
    assert set(lab.last("risk")) == set(KEYS) - {b"B"}


@pytest.mark.parametrize("at", [0, 1, 5, 12])
async def test_a_record_that_makes_a_state_too_large_is_dead_lettered_and_only_that(at: int) -> None:
    lab = Lab()
    commands: list[str | None] = ["add A", "add B", "all"] * 8
    commands.insert(at, "pad A 5000")
    lab.fill(commands)
    await lab.run()
    lab.verify(condemned={at: RejectReason.OVERSIZED})


@pytest.mark.parametrize("at", [0, 3, 9, 20])
async def test_a_record_that_kills_the_process_is_given_up_at_the_third_start_on_it(at: int) -> None:
    """A process that dies is played by a cancelled owner: it can write nothing any more."""
    lab = Lab()
    lab.fill((["add A", "add B", "all"] * 10)[:30])
    lab.application = TallyApplication(die={at: asyncio.CancelledError()})
    starts = 0
    while lab.position < 30 and starts < 20:
        starts += 1
        owner = lab.owner()
        owner.start()
        assert owner._task is not None
        await asyncio.wait([owner._task], timeout=0.3)
        await owner.release()
    lab.verify(condemned={at: RejectReason.KILLED_WORKER})
    assert starts <= 5


async def test_failures_that_an_owner_survives_and_starts_with_nothing_waiting_are_not_counted() -> None:
    lab = Lab()
    for _ in range(3):
        owner = lab.owner()
        owner.start()
        await asyncio.sleep(0.01)
        await owner.release()
    assert ATTEMPT_KEY not in lab.last(STATE)
    lab.fill(MIXED)
    failures = iter(range(4))
    lab.log.fault = lambda step: (
        _fail() if step == "commit.half" and next(failures, None) is not None else None
    )
    await lab.run()
    lab.verify()
    attempt = decode_attempt(lab.last(STATE)[ATTEMPT_KEY])
    assert attempt is not None
    assert attempt.starts == 1


def _fail() -> None:
    raise ConnectionError


async def test_a_corrupt_attempt_is_ignored() -> None:
    lab = Lab()
    lab.log.append(STATE, P, b"{}", ATTEMPT_KEY)
    lab.fill(MIXED)
    await lab.run()
    lab.verify()


async def test_a_corrupt_state_is_dead_lettered_and_recovered() -> None:
    lab = Lab()
    lab.fill(["add A", "add B"])
    await lab.run()
    lab.log.append(STATE, P, b"\xff rubbish", b"A")
    lab.fill(["add B"])
    await lab.run()
    (letter,) = lab.log.committed(f"{STATE}-dlq", P)
    assert (letter.key, letter.value) == (b"A", b"\xff rubbish")
    assert dict(letter.headers)["allywatch-reason"] == b"corrupt_state"
    assert lab.last("risk") == {b"A": b"-1", b"B": b"2"}


def test_an_attempt_condemns_only_at_the_third_start_and_only_what_was_in_hand() -> None:
    assert Attempt(7, 2, 7).condemned is None
    assert Attempt(7, 3, None).condemned is None
    assert Attempt(7, 3, 7).condemned == 7


async def test_the_dead_letter_of_a_record_with_neither_key_nor_value_can_be_sent() -> None:
    lab = Lab()
    lab.fill([None])
    await lab.run()
    (letter,) = lab.log.committed(f"{SOURCE}-dlq", P)
    assert (letter.key, letter.value) == (b"", None)
