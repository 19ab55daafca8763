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
        """Whether all conditions hold, with each and its detail."""
        with self._lock:
            conditions = dict(self._conditions)
        alive, _ = self.live()
        body: dict[str, object] = {k: {"ok": ok, "detail": detail} for k, (ok, detail) in conditions.items()}
        return alive and all(ok for ok, _ in conditions.values()), body


class HealthServer:
    """Serves a registry and a health on loopback, unless told otherwise."""

    def __init__(self, registry: CollectorRegistry, health: Health, host: str, port: int) -> None:
        try:
            self._server = ThreadingHTTPServer((host, port), _handler(registry, health))
        except OSError as exc:
            raise StopWorker(
                f"cannot listen on {host}:{port} for metrics: {exc.strerror}. "
                "Choose another port with ALLYWATCH_METRICS_PORT (0 takes a free one)."
            ) from None
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

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
        def do_GET(self) -> None:
            path = self.path.split("?", 1)[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
            elif path in ("/live", "/ready"):
                ok, body = health.live() if path == "/live" else health.ready()
                self._answer(200 if ok else 503, "application/json", json.dumps({"ok": ok, **body}).encode())
            else:
                self._answer(404, "text/plain", b"try /metrics, /live or /ready\n")

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
