"""Ports for servers on this machine."""

import random
import socket
from contextlib import ExitStack, suppress

_SERVER_PORTS = range(20_000, 32_000)


def free_ports(host: str, count: int) -> list[int]:
    """So many different ports that nothing listens on now."""
    with ExitStack() as held:  # all held at once, so that they differ
        listeners = [held.enter_context(listening(host, None)) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in listeners]


def listening(host: str, port: int | None) -> socket.socket:
    """A listening socket as the broker would open it; none: on a free port.

    Free ports are taken below those that the system gives to outgoing connections: a client that keeps
    trying to reach a stopped broker may be given the broker's own port, connect to itself, and hold it.
    """
    candidates = [port] if port else random.sample(_SERVER_PORTS, 50)
    for candidate in candidates[:-1]:
        with suppress(OSError):
            return _listen(host, candidate)
    return _listen(host, candidates[-1])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        # As Java does: a port that only waits for old connections to die is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener
