"""The end of a process: quiet about what is only its end."""

import asyncio
import threading

import pytest

from allywatch.stream.leaving import leave_within


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[type[BaseException]]:
    """The ends of threads that are told, while the process is leaving (it never gets to it)."""
    told: list[type[BaseException]] = []
    monkeypatch.setattr(threading, "excepthook", lambda ended: told.append(ended.exc_type))
    monkeypatch.setattr(threading.Timer, "start", lambda self: None)
    leave_within(60, 0)
    return told


@pytest.mark.parametrize(("error", "expected"), [(asyncio.CancelledError, []), (OSError, [OSError])])
def test_a_thread_that_is_cancelled_while_we_leave_is_no_error_but_any_other_end_is(
    error: type[BaseException], expected: list[type[BaseException]], told: list[type[BaseException]]
) -> None:
    def end() -> None:
        raise error

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()
    assert told == expected
