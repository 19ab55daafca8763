"""Leaving for good: a client library that hangs while it stops must not keep the process."""

import asyncio
import os
import sys
import threading


def leave_within(seconds: float, code: int, last_words: str = "") -> None:
    """End the process with `code` if it is still there after so many seconds.

    Only for when nothing is left that counts. Faust's stop can hang after a lost session, on threads
    that no cancellation reaches. A thread of such a library that ends by a cancellation meanwhile, as
    Faust's does when aiokafka awaits what it cancelled itself, is no error and leaves no traceback.
    """

    def leave() -> None:
        if last_words:
            print(last_words, file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

    _cancelled_threads_end_quietly()
    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()


def _cancelled_threads_end_quietly() -> None:
    tell = threading.excepthook

    def hook(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_type is not asyncio.CancelledError:
            tell(ended)

    threading.excepthook = hook
