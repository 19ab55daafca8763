"""Nothing that a demonstration or a broker starts outlives it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from allywatch.broker.guard import Guard

_OWNER = """
import subprocess, sys, time
from allywatch.broker.guard import Guard
child = subprocess.Popen(["sleep", "60"], start_new_session=True)
guard = Guard(child.pid)
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_child_ends_when_its_owner_dies_however_it_dies(ending: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _OWNER], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.send_signal(ending)
        owner.wait(10)
    deadline = time.monotonic() + 10
    while _alive(child):
        assert time.monotonic() < deadline, "the child lives on"
        time.sleep(0.05)


def test_a_dismissed_guard_leaves_the_child_alone() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        Guard(child.pid).dismiss()
        time.sleep(0.2)
        assert child.poll() is None
        child.kill()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"
