"""`/metrics`, `/live` and `/ready` of a worker, on a thread of its own so that a stuck loop still answers."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from allywatch.errors import StopWorker


class Health:
    """What a worker knows of itself. Ready = every condition holds; live = its loop moved lately.

    Thread-safe: the loop sets, the server's thread reads.

    Args:
        conditions: What must hold for the worker to be ready; none holds at first.
        clock: Seconds that never go back.
        stale_after: Seconds without a `beat` after which the worker counts as stuck.
    """

    def __init__(
        self, conditions: tuple[str, ...], clock: Callable[[], float], stale_after: float = 30.0
    ) -> None:
        self._conditions: dict[str, tuple[bool, str]] = dict.fromkeys(conditions, (False, "not yet"))
        self._clock = clock
        self._stale_after = stale_after
        self._beat = clock()
        self._lock = threading.Lock()

    def beat(self) -> None:
        """The loop moved."""
        self._beat = self._clock()

    def set(self, condition: str, holds: bool, detail: str = "") -> None:
        """Say whether a condition holds, and why or how far (`recovered 1200/50000`)."""
        with self._lock:
            if condition not in self._conditions:
                raise KeyError(condition)
            self._conditions[condition] = (holds, detail)

    def live(self) -> tuple[bool, dict[str, object]]:
        """Whether the loop moved within `stale_after` seconds."""
        age = self._clock() - self._beat
        return age < self._stale_after, {"seconds_since_last_beat": round(age, 3)}

    def ready(self) -> tuple[bool, dict[str, object]]:
        """Whether the worker is live and all conditions hold, with each condition and its detail."""
        with self._lock:
            conditions = dict(self._conditions)
        alive, beat = self.live()
        states = {name: {"ok": ok, "detail": detail} for name, (ok, detail) in conditions.items()}
        return alive and all(ok for ok, _ in conditions.values()), {"conditions": states, **beat}


class HealthServer:
    """Serves a registry and a health on loopback, unless told otherwise.

    Args:
        registry: What `/metrics` shows.
        health: What `/live` and `/ready` tell.
        host: The interface.
        port: 0 takes a free one.

    Raises:
        StopWorker: The port cannot be had.
    """

    def __init__(self, registry: CollectorRegistry, health: Health, host: str, port: int) -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(registry, health))
        except OSError as exc:
            raise StopWorker(
                f"cannot listen on {host}:{port} for metrics: {exc.strerror}. "
                "Choose another port with ALLYWATCH_METRICS_PORT (0 takes a free one)."
            ) from None
        self._server.daemon_threads = True
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
