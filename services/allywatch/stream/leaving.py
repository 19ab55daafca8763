"""Leaving for good: a client library that hangs while it stops must not keep the process."""

import os
import sys
import threading


def leave_within(seconds: float, code: int, last_words: str = "") -> None:
    """End the process with `code` if it is still there after so many seconds.

    Only for when nothing is left that counts. Faust's stop can hang after a lost session, on threads
    that no cancellation reaches.
    """

    def leave() -> None:
        if last_words:
            print(last_words, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()
