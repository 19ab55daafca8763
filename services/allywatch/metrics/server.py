"""`/metrics`, `/live` and `/ready` of a worker, on a thread of its own so that a stuck loop still answers."""

import json
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from allywatch.errors import StopWorker
from allywatch.metrics.health import Health, register_health

__all__ = ["Health", "HealthServer"]


class HealthServer:
    """Serves a registry and a health on loopback, unless told otherwise.

    Args:
        registry: What `/metrics` shows; the health's own metrics are added to it.
        health: What `/live` and `/ready` tell.
        host: The interface.
        port: 0 takes a free one.

    Raises:
        StopWorker: The port cannot be had.
    """

    def __init__(self, registry: CollectorRegistry, health: Health, host: str, port: int) -> None:
        try:
            self._server = _Server((host, port), _handler(registry, health))
        except OSError as exc:
            raise StopWorker(
                f"cannot listen on {host}:{port} for metrics: {exc.strerror}. "
                "Choose another port with ALLYWATCH_METRICS_PORT (0 takes a free one)."
            ) from None
        register_health(registry, health)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="health", daemon=True
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> "HealthServer":
        """Start answering."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    """Serves few at a time: who comes next ends the oldest connection.

    An answer takes milliseconds, so only those are ended that dawdle; without this they would take the
    threads and file handles that the worker needs for Kafka.
    """

    daemon_threads = True
    request_queue_size = 32
    most_connections = 32

    def __init__(self, *args: Any) -> None:
        self._connections: dict[Any, None] = {}
        self._lock = threading.Lock()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            oldest = next(iter(self._connections)) if self._full else None
            self._connections.pop(oldest, None)
            self._connections[request] = None
        if oldest is not None:
            with suppress(OSError):  # it ended by itself
                oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    @property
    def _full(self) -> bool:
        return len(self._connections) >= self.most_connections

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._connections.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that went away is no news


def _handler(registry: CollectorRegistry, health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0  # a client that says nothing does not hold its thread for ever

        def do_GET(self) -> None:
            status, content_type, body = self._page()
            self._head(status, content_type, len(body))
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            status, content_type, body = self._page()
            self._head(status, content_type, len(body))

        def _page(self) -> tuple[int, str, bytes]:
            match self.path.split("?", 1)[0]:
                case "/metrics":
                    return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
                case "/live":
                    return _as_json(*health.live())
                case "/ready":
                    return _as_json(*health.ready())
                case _:
                    return 404, "text/plain", b"try /metrics, /live or /ready\n"

        def _head(self, status: int, content_type: str, length: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(length))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _as_json(ok: bool, body: dict[str, object]) -> tuple[int, str, bytes]:
    return 200 if ok else 503, "application/json", json.dumps({"ok": ok, **body}).encode()
