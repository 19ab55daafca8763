"""What is certain is refused; whatever may pass is left to the client library, which waits."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from allywatch.client.access import check_access
from allywatch.errors import Refused

NO_SASL = b"\x00\x00\x00\x0a\x00\x00\x00\x01\x00\x22\x00\x00\x00\x00"
WANTS_PLAIN = b"\x00\x00\x00\x11\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x05PLAIN"
TLS_ALERT = b"\x15\x03\x03\x00\x02\x02\x50"

Answer = Callable[[socket.socket], None]


@contextmanager
def listener(answer: Answer) -> Iterator[str]:
    """An address where each caller is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    answer(caller)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def saying(said: bytes) -> Answer:
    def answer(caller: socket.socket) -> None:
        caller.recv(1_000)
        caller.sendall(said)

    return answer


def silent(caller: socket.socket) -> None:
    caller.settimeout(2)
    while caller.recv(1_000):
        pass


@pytest.mark.parametrize(
    "said", [b"", NO_SASL, NO_SASL[:9], b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 8]
)
def test_what_may_pass_is_not_refused(said: bytes) -> None:
    with listener(saying(said)) as address:
        check_access(bootstrap_servers=[address])


@pytest.mark.parametrize(
    ("said", "why"),
    [(TLS_ALERT, "it speaks TLS there"), (WANTS_PLAIN, r"asks for a user and password \(PLAIN\)")],
)
def test_what_cannot_pass_is_refused(said: bytes, why: str) -> None:
    with listener(saying(said)) as address, pytest.raises(Refused, match=why):
        check_access(bootstrap_servers=[address])


def test_nobody_there_is_no_refusal() -> None:
    with listener(silent) as address:
        pass
    check_access(bootstrap_servers=address)


def test_one_address_that_takes_us_is_enough() -> None:
    with listener(saying(TLS_ALERT)) as bad, listener(saying(NO_SASL)) as good:
        check_access(bootstrap_servers=f"{bad},{good}")


def test_addresses_that_say_nothing_do_not_excuse_one_that_refuses() -> None:
    with listener(saying(b"")) as mute, listener(saying(TLS_ALERT)) as bad, pytest.raises(Refused):
        check_access(bootstrap_servers=[mute, bad])


def test_a_broker_that_hangs_takes_no_longer_than_allowed() -> None:
    began = time.monotonic()
    with listener(silent) as address:
        check_access(0.2, bootstrap_servers=[address, address])
        assert time.monotonic() - began < 1


def test_behind_a_proxy_nothing_is_asked() -> None:
    with listener(saying(TLS_ALERT)) as address:
        check_access(bootstrap_servers=address, proxy_url="socks5://127.0.0.1:1")
